import KernelInterface
import KernelVectors

/// One pass over the inputs of several rows for one panel of outputs: `target(r, o) += Σ_k input(k, r) ·
/// weights(k, o)`. The sum is formed from zero in the order of `k`, then added.
struct PanelProduct {
  /// `[tile][k][row of the tile]`, dense.
  var input: UnsafePointer<Float>
  let inputCount: Int
  /// `[k][vector]`, dense.
  let weights: UnsafePointer<Float>
  /// `[row][vector]`, dense.
  var target: UnsafeMutablePointer<Float>
  /// In the first pass the target holds nothing yet.
  let isFirst: Bool
  /// Stepped every `inputsPerStep` inputs of every tile.
  var upcoming: UpcomingLines

  static let inputsPerStep = 8

  /// Computes some of the tiles of 1 to 6 rows into which `rows` cuts all rows; input and target are those
  /// of the first of them.
  mutating func compute(tiles: Range<Int>, of rows: EvenSplit, vectorCount: Int) {
    let largerCount = min(tiles.count, max(0, rows.largerCount - tiles.lowerBound))
    compute(tileCount: largerCount, height: rows.smallerSize + 1, vectorCount: vectorCount)
    compute(
      tileCount: tiles.count - largerCount, height: rows.smallerSize, vectorCount: vectorCount)
  }

  private mutating func compute(tileCount: Int, height: Int, vectorCount: Int) {
    if vectorCount == 2 {
      compute(tileCount, height, ProductPanel<2>.self)
    } else {
      compute(tileCount, height, ProductPanel<1>.self)
    }
  }

  @inline(__always)
  private mutating func compute<let vectors: Int>(
    _ tileCount: Int, _ height: Int, _ panel: ProductPanel<vectors>.Type
  ) {
    switch height {
    case 1: RowTile<1, vectors>.compute(&self, count: tileCount)
    case 2: RowTile<2, vectors>.compute(&self, count: tileCount)
    case 3: RowTile<3, vectors>.compute(&self, count: tileCount)
    case 4: RowTile<4, vectors>.compute(&self, count: tileCount)
    case 5: RowTile<5, vectors>.compute(&self, count: tileCount)
    default: RowTile<6, vectors>.compute(&self, count: tileCount)
    }
  }
}

private enum ProductPanel<let vectors: Int> {}

/// The sums of one row: one or two vectors of outputs.
private struct RowSums<let vectors: Int> {
  var first = Vector.zero
  var second = Vector.zero

  @inline(__always)
  mutating func add(_ x: Float, _ weights: (Vector, Vector)) {
    let x = Vector(repeating: x)
    first = Arithmetic.multiplyAdd(x, weights.0, first)
    if vectors == 2 { second = Arithmetic.multiplyAdd(x, weights.1, second) }
  }

  @inline(__always)
  mutating func add(_ target: UnsafeMutablePointer<Float>) {
    first += target.vector(at: 0)
    if vectors == 2 { second += target.vector(at: Vector.scalarCount) }
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>) {
    target.store(first, at: 0)
    if vectors == 2 { target.store(second, at: Vector.scalarCount) }
  }
}

/// A register tile of `rows` × `vectors`. The sums are named one by one for the reason that
/// `ConvTile` gives.
private struct RowTile<let rows: Int, let vectors: Int> {
  private var sums0 = RowSums<vectors>()
  private var sums1 = RowSums<vectors>()
  private var sums2 = RowSums<vectors>()
  private var sums3 = RowSums<vectors>()
  private var sums4 = RowSums<vectors>()
  private var sums5 = RowSums<vectors>()

  static func compute(_ product: inout PanelProduct, count: Int) {
    var upcoming = product.upcoming
    var remaining = count
    while remaining > 0 {
      var tile = Self()
      tile.accumulate(product, &upcoming)
      if !product.isFirst { tile.add(product.target) }
      tile.store(product.target)
      product.input += rows &* product.inputCount
      product.target += rows &* vectors &* Vector.scalarCount
      remaining &-= 1
    }
    product.upcoming = upcoming
  }

  @inline(__always)
  private mutating func accumulate(_ product: PanelProduct, _ upcoming: inout UpcomingLines) {
    let width: Int = vectors &* Vector.scalarCount
    var input = product.input
    var weights = product.weights
    var remaining = product.inputCount
    while remaining >= PanelProduct.inputsPerStep {
      upcoming.step()
      addInput(input, weights)
      addInput(input + rows, weights + width)
      addInput(input + 2 &* rows, weights + 2 &* width)
      addInput(input + 3 &* rows, weights + 3 &* width)
      addInput(input + 4 &* rows, weights + 4 &* width)
      addInput(input + 5 &* rows, weights + 5 &* width)
      addInput(input + 6 &* rows, weights + 6 &* width)
      addInput(input + 7 &* rows, weights + 7 &* width)
      input += PanelProduct.inputsPerStep &* rows
      weights += PanelProduct.inputsPerStep &* width
      remaining &-= PanelProduct.inputsPerStep
    }
    while remaining > 0 {
      addInput(input, weights)
      input += rows
      weights += width
      remaining &-= 1
    }
  }

  @inline(__always)
  private mutating func addInput(
    _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>
  ) {
    let first = weights.vector(at: 0)
    let w = (first, vectors == 2 ? weights.vector(at: Vector.scalarCount) : first)
    sums0.add(input[0], w)
    if rows > 1 { sums1.add(input[1], w) }
    if rows > 2 { sums2.add(input[2], w) }
    if rows > 3 { sums3.add(input[3], w) }
    if rows > 4 { sums4.add(input[4], w) }
    if rows > 5 { sums5.add(input[5], w) }
  }

  /// Adds the sums at `target` to these.
  @inline(__always)
  private mutating func add(_ target: UnsafeMutablePointer<Float>) {
    let width: Int = vectors &* Vector.scalarCount
    sums0.add(target)
    if rows > 1 { sums1.add(target + width) }
    if rows > 2 { sums2.add(target + 2 &* width) }
    if rows > 3 { sums3.add(target + 3 &* width) }
    if rows > 4 { sums4.add(target + 4 &* width) }
    if rows > 5 { sums5.add(target + 5 &* width) }
  }

  @inline(__always)
  private func store(_ target: UnsafeMutablePointer<Float>) {
    let width: Int = vectors &* Vector.scalarCount
    sums0.store(target)
    if rows > 1 { sums1.store(target + width) }
    if rows > 2 { sums2.store(target + 2 &* width) }
    if rows > 3 { sums3.store(target + 3 &* width) }
    if rows > 4 { sums4.store(target + 4 &* width) }
    if rows > 5 { sums5.store(target + 5 &* width) }
  }
}
