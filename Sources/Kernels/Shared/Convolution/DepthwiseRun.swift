import KernelInterface
import KernelVectors

/// A row of output pixels of one channel block, in register tiles. All strides are in elements.
///
/// For each pixel `p`: `target(p) = activation(bias + Σ_{i,j} input(p, i, j) · weights(i, j))`, a
/// vector of channels at a time, summed from the bias on, row by row of the window.
struct DepthwiseRun {
  var inputPixelStride: Int
  var kernelHeight: Int
  var inputRowStep: Int
  var kernelWidth: Int
  var inputColumnStep: Int
  /// `[row][column]` of vectors.
  var weights: UnsafePointer<Float>
  var bias: Vector
  var bounds: ActivationBounds

  /// The largest number of pixels of a tile. Each sum waits for its last multiply-add, of which 8 are
  /// under way at a time.
  static let maximumPixelCount = 8

  /// - Parameters:
  ///   - input: where the window of the first pixel starts.
  ///   - target: the vectors of neighbouring pixels lie one after the other.
  func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, pixelCount: Int
  ) {
    let tiles = EvenSplit(total: pixelCount, maximumSize: Self.maximumPixelCount)
    compute(input, into: target, tileCount: tiles.largerCount, size: tiles.smallerSize + 1)
    let pixel = tiles.largerCount * (tiles.smallerSize + 1)
    compute(
      input + pixel * inputPixelStride, into: target + pixel * Vector.scalarCount,
      tileCount: tiles.partCount - tiles.largerCount, size: tiles.smallerSize)
  }

  private func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, tileCount: Int,
    size: Int
  ) {
    switch size {
    case 1: DepthwiseTile<1>.compute(self, input, into: target, count: tileCount)
    case 2: DepthwiseTile<2>.compute(self, input, into: target, count: tileCount)
    case 3: DepthwiseTile<3>.compute(self, input, into: target, count: tileCount)
    case 4: DepthwiseTile<4>.compute(self, input, into: target, count: tileCount)
    case 5: DepthwiseTile<5>.compute(self, input, into: target, count: tileCount)
    case 6: DepthwiseTile<6>.compute(self, input, into: target, count: tileCount)
    case 7: DepthwiseTile<7>.compute(self, input, into: target, count: tileCount)
    default: DepthwiseTile<8>.compute(self, input, into: target, count: tileCount)
    }
  }
}

/// The sums are named one by one, since an `InlineArray` of them would be written to memory at every
/// step; the conditions on `pixels` are known to the compiler.
private struct DepthwiseTile<let pixels: Int> {
  private var sum0: Vector
  private var sum1: Vector
  private var sum2: Vector
  private var sum3: Vector
  private var sum4: Vector
  private var sum5: Vector
  private var sum6: Vector
  private var sum7: Vector

  private init(_ bias: Vector) {
    (sum0, sum1, sum2, sum3) = (bias, bias, bias, bias)
    (sum4, sum5, sum6, sum7) = (bias, bias, bias, bias)
  }

  static func compute(
    _ run: DepthwiseRun, _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    var input = input
    var target = target
    var remaining = count
    while remaining > 0 {
      var tile = Self(run.bias)
      tile.accumulate(run, input)
      tile.store(run.bounds, target)
      input += pixels &* run.inputPixelStride
      target += pixels &* Vector.scalarCount
      remaining &-= 1
    }
  }

  @inline(__always)
  private mutating func accumulate(_ run: DepthwiseRun, _ input: UnsafePointer<Float>) {
    let pixelStride: Int = run.inputPixelStride
    var weights = run.weights
    var row = input
    var rowsLeft = run.kernelHeight
    while rowsLeft > 0 {
      var tap = row
      var columnsLeft = run.kernelWidth
      while columnsLeft > 0 {
        add(tap, pixelStride, weights.vector(at: 0))
        weights += Vector.scalarCount
        tap += run.inputColumnStep
        columnsLeft &-= 1
      }
      row += run.inputRowStep
      rowsLeft &-= 1
    }
  }

  /// Adds the products of one element of the window.
  @inline(__always)
  private mutating func add(_ x: UnsafePointer<Float>, _ stride: Int, _ w: Vector) {
    sum0 = Arithmetic.multiplyAdd(x.vector(at: 0), w, sum0)
    if pixels > 1 { sum1 = Arithmetic.multiplyAdd(x.vector(at: stride), w, sum1) }
    if pixels > 2 { sum2 = Arithmetic.multiplyAdd(x.vector(at: 2 &* stride), w, sum2) }
    if pixels > 3 { sum3 = Arithmetic.multiplyAdd(x.vector(at: 3 &* stride), w, sum3) }
    if pixels > 4 { sum4 = Arithmetic.multiplyAdd(x.vector(at: 4 &* stride), w, sum4) }
    if pixels > 5 { sum5 = Arithmetic.multiplyAdd(x.vector(at: 5 &* stride), w, sum5) }
    if pixels > 6 { sum6 = Arithmetic.multiplyAdd(x.vector(at: 6 &* stride), w, sum6) }
    if pixels > 7 { sum7 = Arithmetic.multiplyAdd(x.vector(at: 7 &* stride), w, sum7) }
  }

  @inline(__always)
  private func store(_ bounds: ActivationBounds, _ target: UnsafeMutablePointer<Float>) {
    let lanes = Vector.scalarCount
    target.store(bounds.apply(sum0), at: 0)
    if pixels > 1 { target.store(bounds.apply(sum1), at: lanes) }
    if pixels > 2 { target.store(bounds.apply(sum2), at: 2 &* lanes) }
    if pixels > 3 { target.store(bounds.apply(sum3), at: 3 &* lanes) }
    if pixels > 4 { target.store(bounds.apply(sum4), at: 4 &* lanes) }
    if pixels > 5 { target.store(bounds.apply(sum5), at: 5 &* lanes) }
    if pixels > 6 { target.store(bounds.apply(sum6), at: 6 &* lanes) }
    if pixels > 7 { target.store(bounds.apply(sum7), at: 7 &* lanes) }
  }
}
