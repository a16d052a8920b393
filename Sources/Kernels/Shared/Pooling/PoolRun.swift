import KernelVectors

/// What a pool makes of the elements of a window.
protocol PoolReduction {
  /// The result of no elements.
  static var start: Float { get }
  static func combined<V: PixelVector>(_ a: V, _ b: V) -> V
}

enum MaximumReduction: PoolReduction {
  static var start: Float { -.infinity }

  @inline(__always)
  static func combined<V: PixelVector>(_ a: V, _ b: V) -> V { V.maximum(a, b) }
}

enum SumReduction: PoolReduction {
  static var start: Float { 0 }

  @inline(__always)
  static func combined<V: PixelVector>(_ a: V, _ b: V) -> V { a + b }
}

/// Neighbouring results of one channel block, whose windows have equally many elements. All strides are
/// in elements. Each row of a window is reduced on its own, then the rows, in order.
struct PoolRun<R: PoolReduction> {
  var inputPixelStride: Int
  /// From the window of one row of results to that of the next.
  var inputRowStride: Int
  var outputRowStride: Int
  /// Rows and columns of a window.
  var rowCount: Int
  var inputRowStep: Int
  var columnCount: Int
  var inputColumnStep: Int
  /// Multiplies the results.
  var scale: Float

  /// - Parameter input: the first element of the first window, if windows have any.
  func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, height: Int,
    width: Int
  ) {
    if inputPixelStride == Vector.scalarCount, width >= WideVector.pixelCount {
      compute(input, into: target, height, width, WideVector.self)
    } else {
      compute(input, into: target, height, width, Vector.self)
    }
  }

  @inline(__always)
  private func compute<V: PixelVector>(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ height: Int,
    _ width: Int, _: V.Type
  ) {
    switch columnCount {
    case 2: PoolWindows<R, V, 2>(run: self).compute(input, into: target, height, width)
    case 3: PoolWindows<R, V, 3>(run: self).compute(input, into: target, height, width)
    default: PoolWindows<R, V, 0>(run: self).compute(input, into: target, height, width)
    }
  }
}

/// The loops for windows of a number of columns that the compiler knows; 0 is any.
private struct PoolWindows<R: PoolReduction, V: PixelVector, let columns: Int> {
  let run: PoolRun<R>

  /// The last vector of a row lies over the one before where the width is no multiple of a vector's.
  func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ height: Int,
    _ width: Int
  ) {
    let scale = V(repeating: run.scale)
    let last = width &- V.pixelCount
    for row in 0..<height {
      let windows = input + row &* run.inputRowStride
      let results = target + row &* run.outputRowStride
      var pixel = 0
      while pixel < width {
        let first = min(pixel, last)
        let result = reduce(windows + first &* run.inputPixelStride) * scale
        result.store(to: results + first &* Vector.scalarCount)
        pixel &+= V.pixelCount
      }
    }
  }

  @inline(__always)
  private func reduce(_ window: UnsafePointer<Float>) -> V {
    var result = V(repeating: R.start)
    var row = window
    var rowsLeft = run.rowCount
    while rowsLeft > 0 {
      result = R.combined(result, reduce(row: row))
      row += run.inputRowStep
      rowsLeft &-= 1
    }
    return result
  }

  @inline(__always)
  private func reduce(row: UnsafePointer<Float>) -> V {
    let step = run.inputColumnStep
    var result = V.load(row)
    if columns > 0 {
      if columns > 1 { result = R.combined(result, V.load(row + step)) }
      if columns > 2 { result = R.combined(result, V.load(row + 2 &* step)) }
    } else {
      var element = row
      var columnsLeft = run.columnCount &- 1
      while columnsLeft > 0 {
        element += step
        result = R.combined(result, V.load(element))
        columnsLeft &-= 1
      }
    }
    return result
  }
}
