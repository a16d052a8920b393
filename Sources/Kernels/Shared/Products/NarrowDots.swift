import KernelInterface
import KernelVectors

/// The columns of a product with few left rows, of a right operand `[n][k]`: `output(r, c) = scale · Σ_k left(r, k) ·
/// right(c, k)`. The sums of blocks of the depth are formed a lane each, the lanes added by halves, scaled, then
/// added in order.
struct NarrowDots {
  /// `[row][k]`.
  let left: UnsafePointer<Float>
  let rowCount: Int
  /// `[n][k]`.
  let right: UnsafePointer<Float>
  let depth: Int
  let columnCount: Int
  let scale: Float
  /// `[row][n]`.
  let output: UnsafeMutablePointer<Float>

  func compute(columns: Range<Int>) {
    let step = NarrowProductTiling.dotDepth
    for column in stride(from: columns.lowerBound, to: columns.upperBound, by: 2) {
      for first in stride(from: 0, to: depth, by: step) {
        for row in stride(from: 0, to: rowCount, by: DotTile.rowCount) {
          let tile = DotTile(
            call: self, rows: row..<min(rowCount, row + DotTile.rowCount),
            columns: column..<min(columns.upperBound, column + 2),
            inputs: first..<min(depth, first + step))
          tile.compute()
        }
      }
    }
  }
}

/// Up to four left rows and two right rows; where there are fewer the last one stands for those that miss.
private struct DotTile {
  static let rowCount = 4

  let call: NarrowDots
  let rows: Range<Int>
  let columns: Range<Int>
  let inputs: Range<Int>

  private func leftRow(_ index: Int) -> UnsafePointer<Float> {
    call.left + (min(rows.lowerBound + index, rows.upperBound - 1) * call.depth + inputs.lowerBound)
  }

  private func rightRow(_ column: Int) -> UnsafePointer<Float> {
    call.right + (column * call.depth + inputs.lowerBound)
  }

  func compute() {
    let (left0, left1, left2, left3) = (leftRow(0), leftRow(1), leftRow(2), leftRow(3))
    let (right0, right1) = (rightRow(columns.lowerBound), rightRow(columns.upperBound - 1))
    var (dots0, dots1) = (FourDots(), FourDots())
    let whole = inputs.count & ~(WideVector.scalarCount &- 1)
    var index = 0
    while index < whole {
      let a = left0.wide(at: index)
      let b = left1.wide(at: index)
      let c = left2.wide(at: index)
      let d = left3.wide(at: index)
      dots0.add(right0.wide(at: index), a, b, c, d)
      dots1.add(right1.wide(at: index), a, b, c, d)
      index &+= WideVector.scalarCount
    }
    store(dots0, column: columns.lowerBound, whole: whole)
    if columns.count > 1 { store(dots1, column: columns.lowerBound + 1, whole: whole) }
  }

  /// Stores the dots of one column.
  @inline(__always)
  private func store(_ dots: FourDots, column: Int, whole: Int) {
    store(dots.sum0, row: 0, column: column, whole: whole)
    if rows.count > 1 { store(dots.sum1, row: 1, column: column, whole: whole) }
    if rows.count > 2 { store(dots.sum2, row: 2, column: column, whole: whole) }
    if rows.count > 3 { store(dots.sum3, row: 3, column: column, whole: whole) }
  }

  /// Adds the lanes and what is left of the depth.
  @inline(__always)
  private func store(_ lanes: WideVector, row: Int, column: Int, whole: Int) {
    var sum = lanes.sumByHalves
    if whole < inputs.count {
      let (left, right) = (leftRow(row), rightRow(column))
      for index in whole..<inputs.count { sum += left[index] * right[index] }
    }
    let target = call.output + ((rows.lowerBound + row) * call.columnCount + column)
    target.pointee = (inputs.lowerBound == 0 ? 0 : target.pointee) + sum * call.scale
  }
}

/// The dots of four left rows with one right row, lane by lane.
private struct FourDots {
  var sum0 = WideVector.zero
  var sum1 = WideVector.zero
  var sum2 = WideVector.zero
  var sum3 = WideVector.zero

  @inline(__always)
  mutating func add(
    _ right: WideVector, _ a: WideVector, _ b: WideVector, _ c: WideVector, _ d: WideVector
  ) {
    sum0 = Arithmetic.multiplyAdd(a, right, sum0)
    sum1 = Arithmetic.multiplyAdd(b, right, sum1)
    sum2 = Arithmetic.multiplyAdd(c, right, sum2)
    sum3 = Arithmetic.multiplyAdd(d, right, sum3)
  }
}

extension UnsafePointer<Float> {
  @inline(__always)
  fileprivate func wide(at offset: Int) -> WideVector {
    UnsafeRawPointer(self + offset).loadUnaligned(as: WideVector.self)
  }
}

extension SIMD16<Float> {
  @inline(__always)
  fileprivate var sumByHalves: Float { (lowHalf + highHalf).sumByHalves }
}

extension SIMD8<Float> {
  @inline(__always)
  fileprivate var sumByHalves: Float {
    let half = lowHalf + highHalf
    let quarter = half.lowHalf + half.highHalf
    return quarter.x + quarter.y
  }
}
