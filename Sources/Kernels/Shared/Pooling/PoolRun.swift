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

/// Neighbouring results of a row of one channel block, whose windows have equally many elements. All
/// strides are in elements. Each row of a window is reduced on its own, then the rows, in order.
struct PoolRun<R: PoolReduction> {
  var inputPixelStride: Int
  var rowCount: Int
  var inputRowStep: Int
  var columnCount: Int
  var inputColumnStep: Int
  /// Multiplies the results.
  var scale: Float

  /// - Parameter input: the first element of the first window, if windows have any.
  func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, pixelCount: Int
  ) {
    if inputPixelStride == Vector.scalarCount, pixelCount >= WideVector.pixelCount {
      compute(input, into: target, pixelCount, WideVector.self)
    } else {
      compute(input, into: target, pixelCount, Vector.self)
    }
  }

  @inline(__always)
  private func compute<V: PixelVector>(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ pixelCount: Int,
    _: V.Type
  ) {
    switch columnCount {
    case 2: PoolWindows<R, V, 2>(run: self).compute(input, into: target, pixelCount)
    case 3: PoolWindows<R, V, 3>(run: self).compute(input, into: target, pixelCount)
    default: PoolWindows<R, V, 0>(run: self).compute(input, into: target, pixelCount)
    }
  }
}

/// The loops for windows of a number of columns that the compiler knows; 0 is any.
private struct PoolWindows<R: PoolReduction, V: PixelVector, let columns: Int> {
  let run: PoolRun<R>

  /// The last vector lies over the one before where the number of pixels is no multiple of a vector's.
  func compute(
    _ input: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ pixelCount: Int
  ) {
    let scale = V(repeating: run.scale)
    let last = pixelCount &- V.pixelCount
    var pixel = 0
    while pixel < pixelCount {
      let first = min(pixel, last)
      let result = reduce(input + first &* run.inputPixelStride) * scale
      result.store(to: target + first &* Vector.scalarCount)
      pixel &+= V.pixelCount
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
