import KernelInterface
import KernelVectors

/// The gradient of a max-pooling's images; the contract is `MaxPoolGradientDescriptor`'s. An item is a channel
/// block of an image.
struct MaxPoolGradient {
  private let pool: MaxPoolGradientDescriptor
  private let input: UnsafePointer<Float>
  private let pooled: UnsafePointer<Float>
  private let gradient: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(MaxPoolGradientDescriptor.self) { pool, operands in
    let call = MaxPoolGradient(
      pool: pool, input: operands.constantFloats(0), pooled: operands.constantFloats(1),
      gradient: operands.constantFloats(2), output: operands.floats(3))
    let blockCount = pool.output.channelBlockCount
    return [
      WorkPhase(itemCount: pool.output.batch * blockCount) { item, _ in
        let (image, block) = item.quotientAndRemainder(dividingBy: blockCount)
        call.compute(image: image, block: block)
      }
    ]
  }

  private func compute(image: Int, block: Int) {
    let plane = output + pool.output.planeOffset(image: image, block: block)
    plane.fillZero(count: pool.output.channelBlockStride)
    let source = input + pool.input.planeOffset(image: image, block: block)
    let maxima = pooled + pool.pooled.planeOffset(image: image, block: block)
    let changes = gradient + pool.gradient.planeOffset(image: image, block: block)
    let window = pool.window
    for y in 0..<pool.pooled.height {
      let rows = Self.taps(
        y * window.strideHeight - window.padTop, window.kernelHeight, window.dilationHeight,
        pool.input.height)
      var maximum = maxima + pool.pooled.rowOffset(y)
      var change = changes + pool.gradient.rowOffset(y)
      for x in 0..<pool.pooled.width {
        let columns = Self.taps(
          x * window.strideWidth - window.padLeft, window.kernelWidth, window.dilationWidth,
          pool.input.width)
        spread(
          change.vector(at: 0), maximum.vector(at: 0), rows: rows, columns: columns, from: source,
          to: plane)
        maximum += Vector.scalarCount
        change += Vector.scalarCount
      }
    }
  }

  /// The positions of a window along an axis that lie inside the image.
  @inline(__always)
  private static func taps(
    _ start: Int, _ count: Int, _ step: Int, _ extent: Int
  ) -> StrideTo<Int> {
    let first = start < 0 ? start + ceilingQuotient(-start, step) * step : start
    return stride(from: first, to: min(start + count * step, extent), by: step)
  }

  /// Adds the gradient of a window to its first maxima, one a lane.
  @inline(__always)
  private func spread(
    _ change: Vector, _ maximum: Vector, rows: StrideTo<Int>, columns: StrideTo<Int>,
    from source: UnsafePointer<Float>, to plane: UnsafeMutablePointer<Float>
  ) {
    // What has found its place becomes 0.
    var rest = change
    let isNaN = maximum .!= maximum
    for row in rows {
      let pixels = source + pool.input.rowOffset(row)
      let results = plane + pool.output.rowOffset(row)
      for column in columns {
        let offset: Int = column &* Vector.scalarCount
        let x = pixels.vector(at: offset)
        let isMaximum = (x .== maximum) .| (isNaN .& (x .!= x))
        results.store(
          results.vector(at: offset) + Vector.zero.replacing(with: rest, where: isMaximum),
          at: offset)
        rest.replace(with: 0, where: isMaximum)
      }
    }
  }
}
