import CMachine
import KernelInterface
import KernelVectors

/// The matrix products of a block of tiles and one panel of output channels:
/// `target(p, t, o) = Σ_{b,l} input(p, b, t, l) · weights(p, b, l, o)` for all points `p` and tiles `t`,
/// with `b` the input channel block and `l` its lane. Every run of channel blocks is summed from zero in
/// that order, then added to the runs before it. The layouts are `ConvWinogradTiling`'s.
///
/// The weights of a run stay in the L1 cache while all groups of tiles use them: as they lie or, if they
/// are not stored as float32, widened once for all groups. Meanwhile each group brings a share of the
/// stored weights that come next into the cache.
struct WinogradProduct {
  let tiling: ConvWinogradTiling
  let tileCount: Int
  let input: UnsafePointer<Float>
  /// `[point][block][lane]` rows.
  let weights: PanelWeights
  /// `[point][vector]`; nil where the type has none.
  let scales: UnsafePointer<Float>?
  /// Room for the weights of a run as float32.
  let widened: UnsafeMutablePointer<Float>
  let target: UnsafeMutablePointer<Float>

  func compute() {
    let isNarrow = weights.vectorCount == 1
    if ConvWinogradTiling.groups(tileCount: tileCount).partCount < 4 {
      isNarrow ? compute(ProductPanel<1, 2>.self) : compute(ProductPanel<2, 2>.self)
    } else {
      isNarrow ? compute(ProductPanel<1, 4>.self) : compute(ProductPanel<2, 4>.self)
    }
  }

  @inline(__always)
  private func compute<let vectors: Int, let shares: Int>(
    _ panel: ProductPanel<vectors, shares>.Type
  ) {
    let groups = ConvWinogradTiling.groups(tileCount: tileCount)
    let inputPointStride = tiling.inputPointStride(tileCount: tileCount)
    let blockByteCount = weights.byteCount(ofRows: kernelLaneCount)
    var row = 0
    for point in 0..<tiling.pointCount {
      var first = 0
      while first < tiling.inputBlockCount {
        let blocks = tiling.run(from: first)
        let rows = row..<row &+ blocks.count &* kernelLaneCount
        let run = ProductRun(
          input: input + point &* inputPointStride,
          weights: weights.floats(
            ofRows: rows, scales: scales.map { $0 + point &* vectors &* Vector.scalarCount },
            buffer: widened),
          next: weights.address(ofRow: rows.upperBound), nextBlockByteCount: blockByteCount,
          blocks: blocks, target: target + point &* tiling.productPointStride)
        compute(run, groups, groups: 0..<groups.largerCount, size: groups.smallerSize &+ 1, panel)
        compute(
          run, groups, groups: groups.largerCount..<groups.partCount, size: groups.smallerSize,
          panel)
        row = rows.upperBound
        first = blocks.upperBound
      }
    }
  }

  /// Multiplies groups of one size by a run of weights.
  @inline(__always)
  private func compute<let vectors: Int, let shares: Int>(
    _ run: ProductRun, _ split: EvenSplit, groups: Range<Int>, size: Int,
    _ panel: ProductPanel<vectors, shares>.Type
  ) {
    guard let group = groups.first else { return }
    let firstTile = split[group].lowerBound
    var run = run
    run.input += tiling.inputOffset(run: run.blocks, firstTile: firstTile, tileCount: tileCount)
    run.target += firstTile &* vectors &* Vector.scalarCount
    switch size {
    case 1: ProductTile<1, vectors, shares>.compute(run, groups: groups)
    case 2: ProductTile<2, vectors, shares>.compute(run, groups: groups)
    case 3: ProductTile<3, vectors, shares>.compute(run, groups: groups)
    case 4: ProductTile<4, vectors, shares>.compute(run, groups: groups)
    case 5: ProductTile<5, vectors, shares>.compute(run, groups: groups)
    default: ProductTile<6, vectors, shares>.compute(run, groups: groups)
    }
  }
}

/// A panel of `vectors` vectors, of whose next weights a group prefetches one of `shares` shares.
private enum ProductPanel<let vectors: Int, let shares: Int> {}

/// A run of channel blocks at one point.
private struct ProductRun {
  /// `[group][block][tile][8]`.
  var input: UnsafePointer<Float>
  /// `[block][lane][vector]`.
  let weights: UnsafePointer<Float>
  /// The weights of the next run, as they are stored.
  let next: UnsafeRawPointer
  /// Stored bytes of a channel block.
  let nextBlockByteCount: Int
  let blocks: Range<Int>
  /// `[tile][vector]`.
  var target: UnsafeMutablePointer<Float>
}

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
private struct ProductTile<let rows: Int, let vectors: Int, let shares: Int> {
  private var sums0 = TileSums<vectors>()
  private var sums1 = TileSums<vectors>()
  private var sums2 = TileSums<vectors>()
  private var sums3 = TileSums<vectors>()
  private var sums4 = TileSums<vectors>()
  private var sums5 = TileSums<vectors>()

  static func compute(_ run: ProductRun, groups: Range<Int>) {
    let step: Int = vectors &* Vector.scalarCount
    let blockCount = run.blocks.count
    var input = run.input
    var target = run.target
    for group in groups {
      let share: Int = (group % shares) &* (run.nextBlockByteCount / shares)
      var tile = Self()
      tile.accumulate(
        input, run.weights, blockCount, prefetching: run.next + share,
        by: run.nextBlockByteCount)
      if run.blocks.lowerBound > 0 { tile.add(target) }
      tile.store(target)
      input += blockCount &* rows &* Vector.scalarCount
      target += rows &* step
    }
  }

  @inline(__always)
  private mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ blockCount: Int,
    prefetching next: UnsafeRawPointer, by nextBlockByteCount: Int
  ) {
    let step: Int = vectors &* Vector.scalarCount
    var weights = weights
    var next = next
    var block = input
    var remaining = blockCount
    while remaining > 0 {
      for line in 0..<4 &* vectors / shares { tessera_prefetch(next + line &* 64) }
      next += nextBlockByteCount
      addLane(block, weights)
      addLane(block + 1, weights + step)
      addLane(block + 2, weights + 2 &* step)
      addLane(block + 3, weights + 3 &* step)
      addLane(block + 4, weights + 4 &* step)
      addLane(block + 5, weights + 5 &* step)
      addLane(block + 6, weights + 6 &* step)
      addLane(block + 7, weights + 7 &* step)
      weights += 8 &* step
      block += rows &* Vector.scalarCount
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
