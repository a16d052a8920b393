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
    var position = position
    var target = target
    var remaining = count
    while remaining > 0 {
      let first = reader.patch(of: position)
      position.advance()
      if WideVector.pixelCount == 2 && remaining > 1 {
        let second = reader.patch(of: position)
        position.advance()
        InputTransform<points>.apply(
          TileLine<WideVector>(first: first, stride: stride, tileStride: second - first), target,
          pointStride, coefficients)
        target += WideVector.scalarCount
        remaining &-= 2
      } else {
        InputTransform<points>.apply(
          TileLine<Vector>(first: first, stride: stride, tileStride: 0), target, pointStride,
          coefficients)
        target += Vector.scalarCount
        remaining &-= 1
      }
    }
  }

  /// Of tiles of `points × points` inputs.
  func transformSquares<let points: Int>(_: InputTransform<points>.Type) {
    var position = position
    var target = target
    var remaining = count
    while remaining > 0 {
      let first = reader.patch(of: position)
      position.advance()
      if WideVector.pixelCount == 2 && remaining > 1 {
        let second = reader.patch(of: position)
        position.advance()
        transform(
          first, tileStride: second - first, to: target, InputTransform<points>.self,
          WideVector.self)
        target += WideVector.scalarCount
        remaining &-= 2
      } else {
        transform(first, tileStride: 0, to: target, InputTransform<points>.self, Vector.self)
        target += Vector.scalarCount
        remaining &-= 1
      }
    }
  }

  /// Both dimensions: columns, then rows.
  @inline(__always)
  private func transform<let points: Int, V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, to target: UnsafeMutablePointer<Float>,
    _: InputTransform<points>.Type, _: V.Type
  ) {
    let step: Int = V.scalarCount
    for x in 0..<points {
      let line = TileLine<V>(
        first: source + x &* Vector.scalarCount, stride: reader.rowStride, tileStride: tileStride)
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
