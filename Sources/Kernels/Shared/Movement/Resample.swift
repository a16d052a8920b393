import KernelInterface
import KernelVectors

/// Resamples images; the contract is `ResampleDescriptor`'s. An item is a band of one channel block of
/// the output. The taps of a row are summed column by column, then the rows.
struct Resample {
  private let resample: ResampleDescriptor
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(ResampleDescriptor.self) { resample, operands in
    let call = Resample(
      resample: resample, input: operands.constantFloats(0), output: operands.floats(1))
    return [PlaneBands(resample.output).phase { band, _ in call.compute(band) }]
  }

  private func compute(_ band: PlaneBands.Band) {
    let (from, to) = (resample.input, resample.output)
    let source = input + from.planeOffset(image: band.image, block: band.block) + from.originOffset
    let target = output + to.planeOffset(image: band.image, block: band.block)
    for row in band.rows {
      let result = target + to.rowOffset(row)
      if to.channelBlock == Vector.scalarCount {
        compute(row: row, source, into: result, Vector.self)
      } else {
        compute(row: row, source, into: result, Float.self)
      }
    }
    BlockedBandWriter(layout: to).finish(
      plane: target, rows: band.rows, usedLanes: to.usedLanes(ofBlock: band.block))
  }

  private func compute<Pixel: ResampledPixel>(
    row: Int, _ source: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
    _: Pixel.Type
  ) {
    let (rows, columns) = (resample.rows, resample.columns)
    let (firstRow, firstColumn) = (row * rows.tapCount, columns.tapCount)
    let width: Int = resample.output.width
    let block: Int = resample.output.channelBlock
    for column in 0..<width {
      var pixel = Pixel(repeating: resample.fill)
      let isInside =
        (rows.isIdentity || rows.indices[firstRow] >= 0)
        && (columns.isIdentity || columns.indices[column * firstColumn] >= 0)
      if isInside {
        pixel = .zero
        for tap in 0..<rows.tapCount {
          let index: Int = rows.isIdentity ? row : rows.indices[firstRow + tap]
          let line = self.line(source + index * resample.input.rowStride, column, Pixel.self)
          pixel = rows.tapCount == 1 ? line : pixel + line.scaled(by: rows.weights[firstRow + tap])
        }
      }
      pixel.store(to: result + column * block)
    }
  }

  /// The taps of a column in one row of the input.
  @inline(__always)
  private func line<Pixel: ResampledPixel>(
    _ row: UnsafePointer<Float>, _ column: Int, _: Pixel.Type
  ) -> Pixel {
    let columns = resample.columns
    let block: Int = resample.input.channelBlock
    if columns.tapCount == 1 {
      return Pixel(at: row + (columns.isIdentity ? column : columns.indices[column]) * block)
    }
    var sum = Pixel.zero
    for tap in column * columns.tapCount..<(column + 1) * columns.tapCount {
      sum = sum + Pixel(at: row + columns.indices[tap] * block).scaled(by: columns.weights[tap])
    }
    return sum
  }
}

/// One pixel of one channel, or of the channels of a block.
private protocol ResampledPixel {
  static var zero: Self { get }
  init(repeating value: Float)
  init(at pointer: UnsafePointer<Float>)
  static func + (left: Self, right: Self) -> Self
  func scaled(by factor: Float) -> Self
  func store(to pointer: UnsafeMutablePointer<Float>)
}

extension Float: ResampledPixel {
  fileprivate init(repeating value: Float) { self = value }
  fileprivate init(at pointer: UnsafePointer<Float>) { self = pointer.pointee }
  fileprivate func scaled(by factor: Float) -> Float { self * factor }
  fileprivate func store(to pointer: UnsafeMutablePointer<Float>) { pointer.pointee = self }
}

extension Vector: ResampledPixel {
  fileprivate init(at pointer: UnsafePointer<Float>) { self = pointer.vector(at: 0) }
  fileprivate func scaled(by factor: Float) -> Vector { self * Vector(repeating: factor) }
  fileprivate func store(to pointer: UnsafeMutablePointer<Float>) { pointer.store(self, at: 0) }
}
