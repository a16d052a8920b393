import Tensors

extension Tensor {
  /// The most bytes that evaluating a node at compile time may make out of smaller inputs.
  package static let maxEvaluatedByteCount = 256 << 20

  /// A tensor with this one's elements at given places: element `(i0, i1, …)` of the result is
  /// element `offsets[0][i0] + offsets[1][i1] + …` of this one, both row-major, or `fill` where one
  /// of the offsets is negative. Offsets count elements.
  ///
  /// - Throws: `unsupported` where the result is larger than this tensor and than
  ///   `maxEvaluatedByteCount`, `invalidInput` where an offset leads outside of this tensor.
  func gathered(_ offsets: [[Int]], fill: Tensor? = nil, for node: Node) throws(TesseraError)
    -> Tensor
  {
    let dimensions = offsets.map(\.count)
    let shape = try node.evaluatedShape(dimensions, elementType, growingFrom: [self])
    if shape.elementCount == 0 {
      return try Tensor(elementType: elementType, shape: shape) { _ in }
    }
    var last = 0
    for table in offsets { last += table.max().map { max($0, 0) } ?? 0 }
    let isAllFill = offsets.contains { table in table.allSatisfy { $0 < 0 } }
    guard isAllFill || last < self.shape.elementCount else {
      throw node.invalid("it reads element \(last) of a tensor of \(self.shape.elementCount)")
    }
    return try Tensor(elementType: elementType, shape: shape) { output in
      withUnsafeBytes { input in
        switch elementType.byteCount {
        case 1: gather(UInt8.self, input, offsets, fill, output)
        case 2: gather(UInt16.self, input, offsets, fill, output)
        case 4: gather(UInt32.self, input, offsets, fill, output)
        default: gather(UInt64.self, input, offsets, fill, output)
        }
      }
    }
  }

  /// This tensor stretched to `dimensions`, which it broadcasts to.
  func broadcast(to dimensions: [Int], for node: Node) throws(TesseraError) -> Tensor {
    if shape.dimensions == dimensions { return self }
    let missing = dimensions.count - shape.rank
    _ = try node.evaluatedShape(dimensions, elementType, growingFrom: [self])
    let strides = shape.strides
    let offsets = dimensions.enumerated().map { axis, extent in
      let source = axis - missing
      let stride = source >= 0 && shape[source] != 1 ? strides[source] : 0
      return (0..<extent).map { $0 * stride }
    }
    return try gathered(offsets, for: node)
  }
}

/// The element loop of `Tensor.gathered` for elements of `Word`'s size.
private func gather<Word: FixedWidthInteger & BitwiseCopyable>(
  _ type: Word.Type, _ input: UnsafeRawBufferPointer, _ offsets: [[Int]], _ fill: Tensor?,
  _ output: UnsafeMutableRawBufferPointer
) {
  let size = MemoryLayout<Word>.size
  let target = output.bindMemory(to: Word.self)
  if let fill, fill.byteCount >= size {
    target.update(repeating: fill.withUnsafeBytes { $0.loadUnaligned(as: Word.self) })
  }
  var cursor = 0
  func copy(axis: Int, from base: Int) {
    guard axis < offsets.count else {
      target[cursor] = input.loadUnaligned(fromByteOffset: base * size, as: Word.self)
      cursor += 1
      return
    }
    let isLast = axis == offsets.count - 1
    for offset in offsets[axis] {
      if offset < 0 {
        cursor += offsets[(axis + 1)...].reduce(1) { $0 * $1.count }
      } else if isLast {
        target[cursor] = input.loadUnaligned(
          fromByteOffset: (base + offset) * size, as: Word.self)
        cursor += 1
      } else {
        copy(axis: axis + 1, from: base + offset)
      }
    }
  }
  copy(axis: 0, from: 0)
}

extension Shape {
  /// Elements between neighbours along each dimension, row-major.
  var strides: [Int] {
    var strides = Array(repeating: 1, count: rank)
    for axis in dimensions.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * max(dimensions[axis + 1], 1)
    }
    return strides
  }
}

extension Node {
  /// An input that evaluation needs.
  func constant(_ inputs: [Tensor?], _ index: Int) throws(TesseraError) -> Tensor {
    guard inputs.indices.contains(index), let tensor = inputs[index] else {
      throw invalid("input \(index) is missing")
    }
    return tensor
  }

  /// The shape of a result of evaluation.
  ///
  /// - Throws: `unsupported` where it takes more bytes than `Tensor.maxEvaluatedByteCount` and than
  ///   the operands together; an extent of 0 counts as 1.
  func evaluatedShape(
    _ dimensions: [Int], _ elementType: ElementType, growingFrom operands: [Tensor]
  ) throws(TesseraError) -> Shape {
    let limit = operands.reduce(0) { $0 + $1.byteCount }
    var byteCount = elementType.byteCount
    var isTooLarge = false
    for extent in dimensions {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: max(extent, 1))
      isTooLarge = isTooLarge || overflow
      byteCount = product
    }
    guard !isTooLarge, byteCount <= max(limit, Tensor.maxEvaluatedByteCount),
      let shape = Shape(dimensions)
    else {
      throw unsupported(
        "its constant result \(elementType.onnxName)\(listDescription(dimensions)) is larger than "
          + "the \(Tensor.maxEvaluatedByteCount >> 20) MiB that are computed at compile time")
    }
    return shape
  }
}
