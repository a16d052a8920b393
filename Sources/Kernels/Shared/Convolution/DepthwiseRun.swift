import KernelInterface
import KernelVectors

/// Some rows of output pixels of one channel block, in register tiles. All strides are in elements.
///
/// For each pixel `p`: `target(p) = activation(bias + Σ_{i,j} input(p, i, j) · weights(i, j))`, a
/// vector of channels at a time, summed from the bias on, row by row of the window.
struct DepthwiseRun {
  var inputPixelStride: Int
  /// From the window of one row of results to that of the next.
  var inputRowStride: Int
  var outputRowStride: Int
  var kernelHeight: Int
  var inputRowStep: Int
  var kernelWidth: Int
  var inputColumnStep: Int
  /// `[row][column]` of vectors.
  var weights: UnsafePointer<Float>
  var bias: Vector
  var bounds: ActivationBounds

  /// - Parameters:
  ///   - input: where the window of the first pixel starts.
  ///   - target: the vectors of neighbouring pixels of a row lie one after the other.
  func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, rowCount: Int,
    pixelCount: Int
  ) {
    guard rowCount > 0, pixelCount > 0 else { return }
    let area = Area(input: input, target: target, rowCount: rowCount, pixelCount: pixelCount)
    if inputPixelStride == Vector.scalarCount, pixelCount >= WideVector.pixelCount {
      compute(area, WideVector.self)
    } else {
      compute(area, Vector.self)
    }
  }

  fileprivate struct Area {
    var input: UnsafePointer<Float>
    var target: UnsafeMutablePointer<Float>
    var rowCount: Int
    var pixelCount: Int
  }

  private func compute<V: PixelVector>(_ area: Area, _: V.Type) {
    switch inputColumnStep == Vector.scalarCount ? kernelWidth : 0 {
    case 3: compute(area, DepthwiseTiles<V, 3>.self)
    case 5: compute(area, DepthwiseTiles<V, 5>.self)
    default: compute(area, DepthwiseTiles<V, 0>.self)
    }
  }

  @inline(__always)
  private func compute<V: PixelVector, let kernelWidth: Int>(
    _ area: Area, _: DepthwiseTiles<V, kernelWidth>.Type
  ) {
    let vectors = EvenSplit(
      total: ceilingQuotient(area.pixelCount, V.pixelCount),
      maximumSize: min(
        DepthwiseTiles<V, kernelWidth>.maximumVectorCount, area.pixelCount / V.pixelCount))
    var tiles = DepthwiseTiles<V, kernelWidth>(
      run: self, area: area, firstVector: 0, count: vectors.largerCount)
    tiles.compute(vectorCount: vectors.smallerSize &+ 1)
    tiles.firstVector = vectors.largerCount &* (vectors.smallerSize &+ 1)
    tiles.count = vectors.partCount &- vectors.largerCount
    tiles.compute(vectorCount: vectors.smallerSize)
  }
}

/// Tiles of one width, beside each other and in all rows. A tile has two rows. The last of a row of
/// tiles, and the last row of tiles, lie over others where the area is no multiple of a tile.
private struct DepthwiseTiles<V: PixelVector, let kernelWidth: Int> {
  let run: DepthwiseRun
  let area: DepthwiseRun.Area
  var firstVector: Int
  /// Tiles beside each other.
  var count: Int

  static var maximumVectorCount: Int { 4 }

  func compute(vectorCount: Int) {
    guard count > 0 else { return }
    switch vectorCount {
    case 1: compute(DepthwiseTile<V, 1, kernelWidth>.self)
    case 2: compute(DepthwiseTile<V, 2, kernelWidth>.self)
    case 3: compute(DepthwiseTile<V, 3, kernelWidth>.self)
    default: compute(DepthwiseTile<V, 4, kernelWidth>.self)
    }
  }

  private func compute<let vectors: Int>(_: DepthwiseTile<V, vectors, kernelWidth>.Type) {
    let tilePixelCount = vectors &* V.pixelCount
    let lastPixel = area.pixelCount &- tilePixelCount
    let rowStep = area.rowCount > 1 ? 1 : 0
    let lastRow = area.rowCount &- 1 &- rowStep
    var row = 0
    while row < area.rowCount {
      let first = min(row, lastRow)
      let input = area.input + first &* run.inputRowStride
      let target = area.target + first &* run.outputRowStride
      var pixel = firstVector &* V.pixelCount
      var remaining = count
      while remaining > 0 {
        let start = min(pixel, lastPixel)
        let upper = input + start &* run.inputPixelStride
        var tile = DepthwiseTile<V, vectors, kernelWidth>(V(pixel: run.bias))
        tile.accumulate(run, upper, upper + rowStep &* run.inputRowStride)
        let result = target + start &* Vector.scalarCount
        tile.store(run.bounds, result, result + rowStep &* run.outputRowStride)
        pixel &+= tilePixelCount
        remaining &-= 1
      }
      row &+= 2
    }
  }
}

/// The sums are named one by one, since an `InlineArray` of them would be written to memory at every
/// step; the conditions on `vectors` and `kernelWidth` are known to the compiler. A `kernelWidth` of 0
/// is any.
private struct DepthwiseTile<V: PixelVector, let vectors: Int, let kernelWidth: Int> {
  private var upper0: V
  private var upper1: V
  private var upper2: V
  private var upper3: V
  private var lower0: V
  private var lower1: V
  private var lower2: V
  private var lower3: V

  @inline(__always)
  init(_ bias: V) {
    (upper0, upper1, upper2, upper3) = (bias, bias, bias, bias)
    (lower0, lower1, lower2, lower3) = (bias, bias, bias, bias)
  }

  /// - Parameters:
  ///   - upper: where the window of the first pixel of the upper row starts.
  ///   - lower: likewise of the lower row.
  @inline(__always)
  mutating func accumulate(
    _ run: DepthwiseRun, _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>
  ) {
    // Vectors of two pixels are used for windows that are neighbours.
    let stride: Int = V.pixelCount > 1 ? V.scalarCount : run.inputPixelStride
    let lanes: Int = Vector.scalarCount
    var weights = run.weights
    var (upper, lower) = (upper, lower)
    var rowsLeft = run.kernelHeight
    while rowsLeft > 0 {
      if kernelWidth > 0 {
        add(upper, lower, stride, weights)
        if kernelWidth > 1 { add(upper + lanes, lower + lanes, stride, weights + lanes) }
        if kernelWidth > 2 {
          add(upper + 2 &* lanes, lower + 2 &* lanes, stride, weights + 2 &* lanes)
        }
        if kernelWidth > 3 {
          add(upper + 3 &* lanes, lower + 3 &* lanes, stride, weights + 3 &* lanes)
        }
        if kernelWidth > 4 {
          add(upper + 4 &* lanes, lower + 4 &* lanes, stride, weights + 4 &* lanes)
        }
        weights += kernelWidth &* lanes
      } else {
        var offset = 0
        var columnsLeft = run.kernelWidth
        while columnsLeft > 0 {
          add(upper + offset, lower + offset, stride, weights)
          weights += lanes
          offset &+= run.inputColumnStep
          columnsLeft &-= 1
        }
      }
      upper += run.inputRowStep
      lower += run.inputRowStep
      rowsLeft &-= 1
    }
  }

  /// Adds the products of one element of the window.
  @inline(__always)
  private mutating func add(
    _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>, _ stride: Int,
    _ weights: UnsafePointer<Float>
  ) {
    let w = V(pixel: weights.vector(at: 0))
    upper0 = V.multiplyAdd(V.load(upper), w, upper0, Arithmetic.self)
    lower0 = V.multiplyAdd(V.load(lower), w, lower0, Arithmetic.self)
    if vectors > 1 {
      upper1 = V.multiplyAdd(V.load(upper + stride), w, upper1, Arithmetic.self)
      lower1 = V.multiplyAdd(V.load(lower + stride), w, lower1, Arithmetic.self)
    }
    if vectors > 2 {
      upper2 = V.multiplyAdd(V.load(upper + 2 &* stride), w, upper2, Arithmetic.self)
      lower2 = V.multiplyAdd(V.load(lower + 2 &* stride), w, lower2, Arithmetic.self)
    }
    if vectors > 3 {
      upper3 = V.multiplyAdd(V.load(upper + 3 &* stride), w, upper3, Arithmetic.self)
      lower3 = V.multiplyAdd(V.load(lower + 3 &* stride), w, lower3, Arithmetic.self)
    }
  }

  @inline(__always)
  func store(
    _ bounds: ActivationBounds, _ upper: UnsafeMutablePointer<Float>,
    _ lower: UnsafeMutablePointer<Float>
  ) {
    let step: Int = V.scalarCount
    upper0.clamped(to: bounds).store(to: upper)
    if vectors > 1 { upper1.clamped(to: bounds).store(to: upper + step) }
    if vectors > 2 { upper2.clamped(to: bounds).store(to: upper + 2 &* step) }
    if vectors > 3 { upper3.clamped(to: bounds).store(to: upper + 3 &* step) }
    lower0.clamped(to: bounds).store(to: lower)
    if vectors > 1 { lower1.clamped(to: bounds).store(to: lower + step) }
    if vectors > 2 { lower2.clamped(to: bounds).store(to: lower + 2 &* step) }
    if vectors > 3 { lower3.clamped(to: bounds).store(to: lower + 3 &* step) }
  }
}
