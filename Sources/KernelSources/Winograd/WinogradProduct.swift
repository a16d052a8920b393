import CMachine
import KernelInterface
import KernelVectors

/// The matrix product of one point of the transform and one panel of output channels:
/// `target(t, o) = Σ_{b,l} input(b, t, l) · weights(b, l, o)` for the tiles `t`, with `b` the input
/// channel block and `l` its lane. Every run of `runBlockCount` channel blocks is summed from zero in
/// that order, then added to the runs before it. All strides are in elements.
struct WinogradProduct {
  /// `[block][tile][8]`.
  var input: UnsafePointer<Float>
  var inputBlockStride: Int
  var blockCount: Int
  /// `[block][lane][vector]`, dense.
  var weights: UnsafePointer<Float>
  /// The weights of the product that comes next; they are brought into the cache meanwhile.
  var nextWeights: UnsafePointer<Float>
  /// `[tile][vector]`, dense.
  var target: UnsafeMutablePointer<Float>

  /// The largest number of tiles of a register tile, as in `ConvTileRun`.
  static let maximumRowCount = 6

  /// Channel blocks of a run. Short runs keep the rounding errors of long sums small.
  fileprivate static let runBlockCount = 16

  /// Computes `tileCount` tiles in register tiles whose sizes differ by one at most.
  func compute(tileCount: Int, vectorCount: Int) {
    if vectorCount == 2 {
      compute(tileCount: tileCount, ProductPanel<2>.self)
    } else {
      compute(tileCount: tileCount, ProductPanel<1>.self)
    }
  }

  @inline(__always)
  private func compute<let vectors: Int>(tileCount: Int, _ panel: ProductPanel<vectors>.Type) {
    guard tileCount > 0 else { return }
    let count = ceilingQuotient(tileCount, Self.maximumRowCount)
    let (size, largerCount) = tileCount.quotientAndRemainder(dividingBy: count)
    var rest = self
    if largerCount > 0 {
      rest.compute(count: largerCount, size: size + 1, panel)
      rest.input += largerCount * (size + 1) * Vector.scalarCount
      rest.target += largerCount * (size + 1) * vectors * Vector.scalarCount
    }
    rest.compute(count: count - largerCount, size: size, panel)
  }

  @inline(__always)
  private func compute<let vectors: Int>(
    count: Int, size: Int, _ panel: ProductPanel<vectors>.Type
  ) {
    switch size {
    case 1: ProductTile<1, vectors>.compute(self, count: count)
    case 2: ProductTile<2, vectors>.compute(self, count: count)
    case 3: ProductTile<3, vectors>.compute(self, count: count)
    case 4: ProductTile<4, vectors>.compute(self, count: count)
    case 5: ProductTile<5, vectors>.compute(self, count: count)
    default: ProductTile<6, vectors>.compute(self, count: count)
    }
  }
}

private enum ProductPanel<let vectors: Int> {}

/// The sums of one tile: one or two vectors of output channels.
private struct TileSums<let vectors: Int> {
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
private struct ProductTile<let rows: Int, let vectors: Int> {
  private var sums0 = TileSums<vectors>()
  private var sums1 = TileSums<vectors>()
  private var sums2 = TileSums<vectors>()
  private var sums3 = TileSums<vectors>()
  private var sums4 = TileSums<vectors>()
  private var sums5 = TileSums<vectors>()

  static func compute(_ product: WinogradProduct, count: Int) {
    let blockWeightCount: Int = 8 &* vectors &* Vector.scalarCount
    var input = product.input
    var target = product.target
    var remaining = count
    while remaining > 0 {
      var first = 0
      while first < product.blockCount {
        let blockCount = min(WinogradProduct.runBlockCount, product.blockCount &- first)
        var tile = Self()
        tile.accumulate(
          input + first &* product.inputBlockStride, blockStride: product.inputBlockStride,
          weights: product.weights + first &* blockWeightCount,
          nextWeights: product.nextWeights + first &* blockWeightCount, blockCount: blockCount)
        if first > 0 { tile.add(target) }
        tile.store(target)
        first &+= blockCount
      }
      input += rows &* Vector.scalarCount
      target += rows &* vectors &* Vector.scalarCount
      remaining &-= 1
    }
  }

  @inline(__always)
  private mutating func accumulate(
    _ input: UnsafePointer<Float>, blockStride: Int, weights: UnsafePointer<Float>,
    nextWeights: UnsafePointer<Float>, blockCount: Int
  ) {
    let step: Int = vectors &* Vector.scalarCount
    var weights = weights
    var next = nextWeights
    var block = input
    var remaining = blockCount
    while remaining > 0 {
      for line in 0..<4 &* vectors { tessera_prefetch(next + line &* 16) }
      addLane(block, weights)
      addLane(block + 1, weights + step)
      addLane(block + 2, weights + 2 &* step)
      addLane(block + 3, weights + 3 &* step)
      addLane(block + 4, weights + 4 &* step)
      addLane(block + 5, weights + 5 &* step)
      addLane(block + 6, weights + 6 &* step)
      addLane(block + 7, weights + 7 &* step)
      weights += 8 &* step
      next += 8 &* step
      block += blockStride
      remaining &-= 1
    }
  }

  @inline(__always)
  private mutating func addLane(
    _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>
  ) {
    let lanes: Int = Vector.scalarCount
    let first = weights.vector(at: 0)
    let w = (first, vectors == 2 ? weights.vector(at: lanes) : first)
    sums0.add(input[0], w)
    if rows > 1 { sums1.add(input[lanes], w) }
    if rows > 2 { sums2.add(input[2 &* lanes], w) }
    if rows > 3 { sums3.add(input[3 &* lanes], w) }
    if rows > 4 { sums4.add(input[4 &* lanes], w) }
    if rows > 5 { sums5.add(input[5 &* lanes], w) }
  }

  /// Adds the sums at `target` to these.
  @inline(__always)
  private mutating func add(_ target: UnsafeMutablePointer<Float>) {
    let step: Int = vectors &* Vector.scalarCount
    sums0.add(target)
    if rows > 1 { sums1.add(target + step) }
    if rows > 2 { sums2.add(target + 2 &* step) }
    if rows > 3 { sums3.add(target + 3 &* step) }
    if rows > 4 { sums4.add(target + 4 &* step) }
    if rows > 5 { sums5.add(target + 5 &* step) }
  }

  @inline(__always)
  private func store(_ target: UnsafeMutablePointer<Float>) {
    let step: Int = vectors &* Vector.scalarCount
    sums0.store(target)
    if rows > 1 { sums1.store(target + step) }
    if rows > 2 { sums2.store(target + 2 &* step) }
    if rows > 3 { sums3.store(target + 3 &* step) }
    if rows > 4 { sums4.store(target + 4 &* step) }
    if rows > 5 { sums5.store(target + 5 &* step) }
  }
}
