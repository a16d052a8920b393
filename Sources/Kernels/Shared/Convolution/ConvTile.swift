import KernelInterface
import KernelVectors

/// A run of register tiles along a row of output pixels. All strides are in elements.
///
/// For each pixel `p` and each output channel `o` of a panel of one or two vectors:
/// `target(p, o) = activation(addend(p, o) + Σ_{b,i,j,l} input(p, b, i, j, l) · weights(b, i, j, l, o))`
/// with `b` the input channel block, `i` and `j` the row and column of the window, and `l` the lane of
/// the block. The sum is formed from zero in that order, then the addend is added to it.
struct ConvTileRun {
  /// Where the window of the first pixel starts.
  var input: UnsafePointer<Float>
  var inputPixelStride: Int
  var blockCount: Int
  var inputBlockStride: Int
  var kernelHeight: Int
  var inputRowStep: Int
  var kernelWidth: Int
  var inputColumnStep: Int
  /// `[block][row][column][lane][vector]`, dense.
  var weights: UnsafePointer<Float>
  var addend: UnsafePointer<Float>
  /// 0 where all pixels add the same, the bias.
  var addendPixelStride: Int
  var addendVectorStride: Int
  /// The vectors of neighbouring pixels lie one after the other.
  var target: UnsafeMutablePointer<Float>
  var targetVectorStride: Int
  var bounds: ActivationBounds

  /// The largest number of pixels of a tile: with 2 vectors of output channels it takes 12 of AVX2's 16
  /// registers for sums, 2 for weights and 1 for an input value.
  static let maximumPixelCount = 6

  /// Computes `pixelCount` pixels in tiles whose sizes differ by one at most.
  ///
  /// - Parameters:
  ///   - vectorCount: vectors of the panel, 1 or 2.
  ///   - laneCount: lanes of an input block, 1 or 8, which lie one after the other.
  func compute(pixelCount: Int, vectorCount: Int, laneCount: Int) {
    guard pixelCount > 0 else { return }
    let tileCount = ceilingQuotient(pixelCount, Self.maximumPixelCount)
    let (size, largerCount) = pixelCount.quotientAndRemainder(dividingBy: tileCount)
    if largerCount > 0 {
      compute(
        tileCount: largerCount, size: size + 1, vectorCount: vectorCount, laneCount: laneCount)
    }
    var rest = self
    let pixel = largerCount * (size + 1)
    rest.input += pixel * inputPixelStride
    rest.addend += pixel * addendPixelStride
    rest.target += pixel * Vector.scalarCount
    rest.compute(
      tileCount: tileCount - largerCount, size: size, vectorCount: vectorCount,
      laneCount: laneCount)
  }

  private func compute(tileCount: Int, size: Int, vectorCount: Int, laneCount: Int) {
    switch (laneCount == 1, vectorCount == 1) {
    case (false, false): compute(tileCount: tileCount, size: size, ConvPanel<2, 8>.self)
    case (false, true): compute(tileCount: tileCount, size: size, ConvPanel<1, 8>.self)
    case (true, false): compute(tileCount: tileCount, size: size, ConvPanel<2, 1>.self)
    case (true, true): compute(tileCount: tileCount, size: size, ConvPanel<1, 1>.self)
    }
  }

  @inline(__always)
  private func compute<let vectors: Int, let lanes: Int>(
    tileCount: Int, size: Int, _ panel: ConvPanel<vectors, lanes>.Type
  ) {
    switch size {
    case 1: ConvTile<1, vectors, lanes>.compute(self, count: tileCount)
    case 2: ConvTile<2, vectors, lanes>.compute(self, count: tileCount)
    case 3: ConvTile<3, vectors, lanes>.compute(self, count: tileCount)
    case 4: ConvTile<4, vectors, lanes>.compute(self, count: tileCount)
    case 5: ConvTile<5, vectors, lanes>.compute(self, count: tileCount)
    default: ConvTile<6, vectors, lanes>.compute(self, count: tileCount)
    }
  }
}

private enum ConvPanel<let vectors: Int, let lanes: Int> {}

/// The sums of one pixel: one or two vectors of output channels.
private struct PixelSums<let vectors: Int> {
  var first = Vector.zero
  var second = Vector.zero

  @inline(__always)
  mutating func add(_ x: Float, _ weights: (Vector, Vector)) {
    let x = Vector(repeating: x)
    first = Arithmetic.multiplyAdd(x, weights.0, first)
    if vectors == 2 { second = Arithmetic.multiplyAdd(x, weights.1, second) }
  }

  @inline(__always)
  func store(_ run: ConvTileRun, addend: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>)
  {
    target.store(run.bounds.apply(first + addend.vector(at: 0)), at: 0)
    if vectors == 2 {
      let sum = second + addend.vector(at: run.addendVectorStride)
      target.store(run.bounds.apply(sum), at: run.targetVectorStride)
    }
  }
}

/// A register tile of `pixels` × `vectors`. The sums are named one by one, since an `InlineArray` of
/// them would be written to memory at every step; the conditions on `pixels` are known to the compiler.
private struct ConvTile<let pixels: Int, let vectors: Int, let lanes: Int> {
  private var sums0 = PixelSums<vectors>()
  private var sums1 = PixelSums<vectors>()
  private var sums2 = PixelSums<vectors>()
  private var sums3 = PixelSums<vectors>()
  private var sums4 = PixelSums<vectors>()
  private var sums5 = PixelSums<vectors>()

  static func compute(_ run: ConvTileRun, count: Int) {
    var input = run.input
    var addend = run.addend
    var target = run.target
    var remaining = count
    while remaining > 0 {
      var tile = Self()
      tile.accumulate(run, input: input)
      tile.store(run, addend: addend, target: target)
      input += pixels &* run.inputPixelStride
      addend += pixels &* run.addendPixelStride
      target += pixels &* Vector.scalarCount
      remaining &-= 1
    }
  }

  @inline(__always)
  private mutating func accumulate(_ run: ConvTileRun, input: UnsafePointer<Float>) {
    let pixelStride: Int = run.inputPixelStride
    var weights = run.weights
    var block = input
    var blocksLeft = run.blockCount
    while blocksLeft > 0 {
      var row = block
      var rowsLeft = run.kernelHeight
      while rowsLeft > 0 {
        var tap = row
        var columnsLeft = run.kernelWidth
        while columnsLeft > 0 {
          addTap(tap, pixelStride, weights)
          weights += lanes &* vectors &* Vector.scalarCount
          tap += run.inputColumnStep
          columnsLeft &-= 1
        }
        row += run.inputRowStep
        rowsLeft &-= 1
      }
      block += run.inputBlockStride
      blocksLeft &-= 1
    }
  }

  /// Adds the products of one element of the window.
  @inline(__always)
  private mutating func addTap(
    _ input: UnsafePointer<Float>, _ pixelStride: Int, _ weights: UnsafePointer<Float>
  ) {
    addLane(input, pixelStride, weights)
    if lanes == 8 {
      let step: Int = vectors &* Vector.scalarCount
      addLane(input + 1, pixelStride, weights + step)
      addLane(input + 2, pixelStride, weights + 2 &* step)
      addLane(input + 3, pixelStride, weights + 3 &* step)
      addLane(input + 4, pixelStride, weights + 4 &* step)
      addLane(input + 5, pixelStride, weights + 5 &* step)
      addLane(input + 6, pixelStride, weights + 6 &* step)
      addLane(input + 7, pixelStride, weights + 7 &* step)
    }
  }

  @inline(__always)
  private mutating func addLane(
    _ input: UnsafePointer<Float>, _ pixelStride: Int, _ weights: UnsafePointer<Float>
  ) {
    let first = weights.vector(at: 0)
    let w = (first, vectors == 2 ? weights.vector(at: Vector.scalarCount) : first)
    sums0.add(input[0], w)
    if pixels > 1 { sums1.add(input[pixelStride], w) }
    if pixels > 2 { sums2.add(input[2 &* pixelStride], w) }
    if pixels > 3 { sums3.add(input[3 &* pixelStride], w) }
    if pixels > 4 { sums4.add(input[4 &* pixelStride], w) }
    if pixels > 5 { sums5.add(input[5 &* pixelStride], w) }
  }

  @inline(__always)
  private func store(
    _ run: ConvTileRun, addend: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>
  ) {
    let step: Int = run.addendPixelStride
    let lanes = Vector.scalarCount
    sums0.store(run, addend: addend, target: target)
    if pixels > 1 { sums1.store(run, addend: addend + step, target: target + lanes) }
    if pixels > 2 { sums2.store(run, addend: addend + 2 &* step, target: target + 2 &* lanes) }
    if pixels > 3 { sums3.store(run, addend: addend + 3 &* step, target: target + 3 &* lanes) }
    if pixels > 4 { sums4.store(run, addend: addend + 4 &* step, target: target + 4 &* lanes) }
    if pixels > 5 { sums5.store(run, addend: addend + 5 &* step, target: target + 5 &* lanes) }
  }
}
