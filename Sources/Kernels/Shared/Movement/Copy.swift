import KernelInterface

/// Copies a strided region; the contract is `CopyDescriptor`'s.
struct Copy {
  private let elementByteCount: Int
  private let rows: StridedRows
  private let input: UnsafeRawPointer
  private let output: UnsafeMutableRawPointer

  static let kernel = Kernel(CopyDescriptor.self) { copy, operands in
    let call = Copy(
      elementByteCount: copy.elementByteCount,
      rows: StridedRows(
        extents: copy.extents, firstStrides: copy.inputStrides, secondStrides: copy.outputStrides),
      input: UnsafeRawPointer(operands[0]) + copy.inputOffset * copy.elementByteCount,
      output: operands[1] + copy.outputOffset * copy.elementByteCount)
    let items = ItemsOfRows(call.rows)
    return [
      WorkPhase(itemCount: items.count) { item, _ in
        items.forEachSpan(ofItem: item) { _, first, second, span in
          call.copyRow(first, second, span)
        }
      }
    ]
  }

  private func copyRow(_ first: Int, _ second: Int, _ span: Range<Int>) {
    let source = input + (first + span.lowerBound * rows.firstRowStride) * elementByteCount
    let target = output + (second + span.lowerBound * rows.secondRowStride) * elementByteCount
    if rows.firstRowStride == 1 && rows.secondRowStride == 1 {
      target.copyMemory(from: source, byteCount: span.count * elementByteCount)
      return
    }
    switch elementByteCount {
    case 1: copyElements(source, target, span.count, UInt8.self)
    case 2: copyElements(source, target, span.count, UInt16.self)
    case 4: copyElements(source, target, span.count, UInt32.self)
    default: copyElements(source, target, span.count, UInt64.self)
    }
  }

  @inline(__always)
  private func copyElements<Element: FixedWidthInteger>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _: Element.Type
  ) {
    let from = source.assumingMemoryBound(to: Element.self)
    let to = target.assumingMemoryBound(to: Element.self)
    for index in 0..<count {
      to[index * rows.secondRowStride] = from[index * rows.firstRowStride]
    }
  }
}
