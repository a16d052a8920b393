import KernelInterface
import KernelVectors

/// The inputs of some tiles, of one channel block, and where their transforms go.
struct TileInputs {
  let reader: WinogradTileReader
  let position: TilePosition
  let count: Int
  let target: UnsafeMutablePointer<Float>
  let pointStride: Int
  let patch: UnsafeMutablePointer<Float>
  let coefficients: WinogradCoefficients

  /// Of tiles of one row or column, whose pixels lie `stride` elements apart.
  func transformLines<let points: Int>(_: InputTransform<points>.Type, stride: Int) {
    transform(
      LineTransform<points>(stride: stride, pointStride: pointStride, coefficients: coefficients))
  }

  /// Of tiles of `points × points` inputs.
  func transformSquares<let points: Int>(_: InputTransform<points>.Type) {
    transform(
      SquareTransform<points>(
        rowStride: reader.rowStride, pointStride: pointStride, patch: patch,
        coefficients: coefficients))
  }

  /// Two tiles at a time where a `WideVector` has room for both. Meanwhile what comes next is brought into the
  /// cache, at last the first tiles of the next channel block.
  @inline(__always)
  private func transform<T: TileTransform>(_ transform: T) {
    var position = position
    var target = target
    var remaining = count
    let following = reader.patch(of: position) + reader.channelBlockStride
    while remaining > 0 {
      let first = reader.patch(of: position)
      position.advance()
      if WideVector.pixelCount == 2 && remaining > 1 {
        let second = reader.patch(of: position)
        position.advance()
        reader.prefetch(remaining > 2 ? reader.patch(of: position) : following)
        transform.apply(first, tileStride: second - first, to: target, WideVector.self)
        target += WideVector.scalarCount
        remaining &-= 2
      } else {
        reader.prefetch(remaining > 1 ? reader.patch(of: position) : following)
        transform.apply(first, tileStride: 0, to: target, Vector.self)
        target += Vector.scalarCount
        remaining &-= 1
      }
    }
  }
}

/// Transforms the inputs of one tile, or of two that lie `tileStride` elements apart.
private protocol TileTransform {
  func apply<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, to target: UnsafeMutablePointer<Float>,
    _: V.Type)
}

/// In one dimension.
private struct LineTransform<let points: Int>: TileTransform {
  let stride: Int
  let pointStride: Int
  let coefficients: WinogradCoefficients

  @inline(__always)
  func apply<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, to target: UnsafeMutablePointer<Float>,
    _: V.Type
  ) {
    InputTransform<points>.apply(
      TileLine<V>(first: source, stride: stride, tileStride: tileStride), target, pointStride,
      coefficients)
  }
}

/// In both dimensions: columns, then rows.
private struct SquareTransform<let points: Int>: TileTransform {
  let rowStride: Int
  let pointStride: Int
  let patch: UnsafeMutablePointer<Float>
  let coefficients: WinogradCoefficients

  @inline(__always)
  func apply<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, to target: UnsafeMutablePointer<Float>,
    _: V.Type
  ) {
    let step: Int = V.scalarCount
    for x in 0..<points {
      let line = TileLine<V>(
        first: source + x &* Vector.scalarCount, stride: rowStride, tileStride: tileStride)
      InputTransform<points>.apply(line, patch + x &* step, points &* step, coefficients)
    }
    for y in 0..<points {
      let row: Int = y &* points
      InputTransform<points>.apply(
        PatchLine<V>(first: patch + row &* step, stride: step), target + row &* pointStride,
        pointStride, coefficients)
    }
  }
}
