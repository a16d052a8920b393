import KernelInterface
import KernelVectors

/// The products of some tiles, and what becomes of their results.
struct TileOutputs<V: PixelVector> {
  let source: UnsafePointer<Float>
  let tileStride: Int
  let pointStride: Int
  let position: TilePosition
  let count: Int
  let bias: V
  let bounds: ActivationBounds
  let writer: WinogradTileWriter
  let patch: UnsafeMutablePointer<Float>
  let coefficients: WinogradCoefficients

  /// Of tiles of one row, or of one column.
  func transformLines<let points: Int, let results: Int>(
    _: OutputTransform<points, results>.Type, isColumn: Bool
  ) {
    forEachTile(resultCount: results, room: patch) { source, target, isFinal, epilogue in
      OutputTransform<points, results>.apply(
        source, pointStride, epilogue, target,
        isFinal && isColumn ? writer.rowStride : Vector.scalarCount, coefficients)
    }
  }

  /// Of tiles of `results × results` results: columns, then rows.
  func transformSquares<let points: Int, let results: Int>(
    _: OutputTransform<points, results>.Type
  ) {
    let step: Int = V.scalarCount
    let room = patch + points &* points &* step
    forEachTile(resultCount: results &* results, room: room) { source, target, isFinal, epilogue in
      for x in 0..<points {
        OutputTransform<points, results>.apply(
          source + x &* pointStride, points &* pointStride, NoEpilogue<V>(), patch + x &* step,
          points &* step, coefficients)
      }
      let rowStride = isFinal ? writer.rowStride : results &* Vector.scalarCount
      for y in 0..<results {
        OutputTransform<points, results>.apply(
          patch + y &* points &* step, step, epilogue, target + y &* rowStride,
          Vector.scalarCount, coefficients)
      }
    }
  }

  /// Has the results of each tile stored in the output, or where they are not just what is to be stored, in
  /// `room`, from which the writer takes them.
  ///
  /// - Parameter transform: takes the tile's products at the first point, and where the first result goes: in the
  ///   output, if the flag is set.
  @inline(__always)
  private func forEachTile(
    resultCount: Int, room: UnsafeMutablePointer<Float>,
    _ transform: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Bool, FinalEpilogue<V>) -> Void
  ) {
    let resultsBlockStride: Int = resultCount &* Vector.scalarCount
    var position = position
    var source = source
    for _ in 0..<count {
      let place = writer.place(of: position, blockCount: V.pixelCount)
      let isFinal = place.takesResults
      let target = isFinal ? place.target : room
      transform(
        source, target, isFinal,
        FinalEpilogue(
          bias: bias, bounds: isFinal || place.residual == nil ? bounds : .none,
          blockStride: isFinal ? writer.blockStride : resultsBlockStride,
          residual: isFinal ? place.residual : nil, origin: place.target))
      if !isFinal {
        for block in 0..<V.pixelCount {
          writer.write(room + block &* resultsBlockStride, block: block, to: place)
        }
      }
      source += tileStride
      position.advance()
    }
  }
}

/// Results are stored block by block, `blockStride` elements apart, with what lies from `residual` on as they
/// lie from `origin` on.
private struct FinalEpilogue<V: PixelVector>: ResultEpilogue {
  let bias: V
  let bounds: ActivationBounds
  let blockStride: Int
  let residual: UnsafePointer<Float>?
  let origin: UnsafeMutablePointer<Float>

  @inline(__always)
  func store(_ x: V, to target: UnsafeMutablePointer<Float>) {
    var result = x.adding(bias)
    if let residual {
      result = result.adding(V(blocks: residual + (target - origin), stride: blockStride))
    }
    result.clamped(to: bounds).storeBlocks(at: target, stride: blockStride)
  }
}

/// Nothing happens to what is only half transformed.
private struct NoEpilogue<V: PixelVector>: ResultEpilogue {
  @inline(__always)
  func store(_ x: V, to target: UnsafeMutablePointer<Float>) { x.store(to: target) }
}
