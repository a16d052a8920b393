import KernelInterface

/// Sets all elements to one value; the contract is `FillDescriptor`'s.
enum Fill {
  static let kernel = Kernel(FillDescriptor.self) { fill, operands in
    let target = operands[0]
    let bits = UInt64(bitPattern: Int64(fill.bits))
    let chunks = Chunks(elementCount: fill.elementCount)
    let byteCount = fill.elementByteCount
    return [
      WorkPhase(itemCount: chunks.count) { item, _ in
        let elements = chunks.elements(ofChunk: item)
        switch byteCount {
        case 1: set(UInt8(truncatingIfNeeded: bits), target, elements)
        case 2: set(UInt16(truncatingIfNeeded: bits), target, elements)
        case 4: set(UInt32(truncatingIfNeeded: bits), target, elements)
        default: set(bits, target, elements)
        }
      }
    ]
  }

  private static func set<Element: FixedWidthInteger>(
    _ value: Element, _ target: UnsafeMutableRawPointer, _ elements: Range<Int>
  ) {
    (target.assumingMemoryBound(to: Element.self) + elements.lowerBound)
      .update(repeating: value, count: elements.count)
  }
}
