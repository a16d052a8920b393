import KernelInterface

/// A nest of loops over two strided operands, as rows of the innermost dimension. Neighbouring
/// dimensions that both operands step through evenly are merged first.
struct StridedRows {
  typealias Indices = InlineArray<16, Int>

  /// Elements of a row, and the strides within one.
  let rowLength: Int
  let firstRowStride: Int
  let secondRowStride: Int
  let rowCount: Int

  private var rank = 0
  private var extents = Indices(repeating: 1)
  private var firstStrides = Indices(repeating: 0)
  private var secondStrides = Indices(repeating: 0)

  /// A nest that `requirements()` of a descriptor has accepted: at most 16 dimensions.
  init(extents: [Int], firstStrides: [Int], secondStrides: [Int]) {
    var merged: [(extent: Int, first: Int, second: Int)] = []
    for (extent, strides) in zip(extents, zip(firstStrides, secondStrides)) where extent != 1 {
      if let outer = merged.last, !extents.contains(0), outer.first == extent * strides.0,
        outer.second == extent * strides.1
      {
        merged[merged.count - 1] = (outer.extent * extent, strides.0, strides.1)
      } else {
        merged.append((extent, strides.0, strides.1))
      }
    }
    let row = merged.popLast() ?? (1, 0, 0)
    rowLength = row.extent
    firstRowStride = row.first
    secondRowStride = row.second
    rowCount = extents.contains(0) ? 0 : merged.reduce(1) { $0 * $1.extent }
    for (index, dimension) in merged.enumerated() {
      self.extents[index] = dimension.extent
      self.firstStrides[index] = dimension.first
      self.secondStrides[index] = dimension.second
    }
    rank = merged.count
  }

  /// Calls `body` with the row and its offset in each operand.
  func forEachRow(
    in rows: Range<Int>, _ body: (_ row: Int, _ firstOffset: Int, _ secondOffset: Int) -> Void
  ) {
    var indices = Indices(repeating: 0)
    var first = 0
    var second = 0
    var rest = rows.lowerBound
    for dimension in (0..<rank).reversed() {
      let (quotient, index) = rest.quotientAndRemainder(dividingBy: extents[dimension])
      indices[dimension] = index
      first += index * firstStrides[dimension]
      second += index * secondStrides[dimension]
      rest = quotient
    }
    for row in rows {
      body(row, first, second)
      var dimension = rank - 1
      while dimension >= 0 {
        indices[dimension] += 1
        first += firstStrides[dimension]
        second += secondStrides[dimension]
        if indices[dimension] < extents[dimension] { break }
        first -= extents[dimension] * firstStrides[dimension]
        second -= extents[dimension] * secondStrides[dimension]
        indices[dimension] = 0
        dimension -= 1
      }
    }
  }
}
