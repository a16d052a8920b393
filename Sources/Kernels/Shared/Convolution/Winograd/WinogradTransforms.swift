import KernelInterface
import KernelVectors

/// The transforms of inputs and products: of 8 channels of as many tiles as a `WideVector` has pixels, and
/// of as many channel blocks of a tile. A pair of points ±p shares the even and the odd part of its
/// polynomials (`WinogradCoefficients`).
struct WinogradTransforms {
  private let tile: WinogradTile
  private let coefficients: WinogradCoefficients

  init(_ tile: WinogradTile) {
    self.tile = tile
    coefficients = WinogradCoefficients(tile)
  }

  /// `Bᵀ·d·B` of the patches of `(m + 2) × (m + 2)` pixels of `count` tiles, of one channel block.
  ///
  /// - Parameters:
  ///   - reader: finds the patches of the channel block.
  ///   - position: the first tile.
  ///   - target: receives a vector a tile and point; those of a point lie one after the other.
  ///   - pointStride: elements from one point of the result to the next.
  ///   - patch: room for a `WideVector` a point.
  func transformInputs(
    _ reader: WinogradTileReader, from position: TilePosition, count: Int,
    into target: UnsafeMutablePointer<Float>, pointStride: Int, patch: UnsafeMutablePointer<Float>
  ) {
    switch tile {
    case .two:
      Transform2.inputs(reader, position, count, target, pointStride, patch, coefficients)
    case .four:
      Transform4.inputs(reader, position, count, target, pointStride, patch, coefficients)
    case .six:
      Transform6.inputs(reader, position, count, target, pointStride, patch, coefficients)
    }
  }

  /// `activation(Aᵀ·M·A + bias)`, `m × m` pixels, of `count` tiles, of one vector of products a point.
  ///
  /// - Parameters:
  ///   - position: the first tile.
  ///   - source: the first tile's products at the first point.
  ///   - tileStride: elements from one tile of the products to the next.
  ///   - pointStride: elements from one point of the products to the next.
  ///   - writer: takes the results, of as many channel blocks as the vector has.
  ///   - patch: room for two vectors a point.
  func transformOutputs<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, pointStride: Int,
    from position: TilePosition, count: Int, bias: V, bounds: ActivationBounds,
    to writer: WinogradTileWriter, patch: UnsafeMutablePointer<Float>
  ) {
    let outputs = TileOutputs(
      source: source, tileStride: tileStride, pointStride: pointStride, bias: bias, bounds: bounds,
      writer: writer, patch: patch)
    switch tile {
    case .two: Transform2.outputs(outputs, position, count, coefficients)
    case .four: Transform4.outputs(outputs, position, count, coefficients)
    case .six: Transform6.outputs(outputs, position, count, coefficients)
    }
  }
}

/// The products of some tiles, and what becomes of their results.
private struct TileOutputs<V: PixelVector> {
  var source: UnsafePointer<Float>
  let tileStride: Int
  let pointStride: Int
  let bias: V
  let bounds: ActivationBounds
  let writer: WinogradTileWriter
  let patch: UnsafeMutablePointer<Float>
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

extension LinearTransform {
  fileprivate static func inputs(
    _ reader: WinogradTileReader, _ position: TilePosition, _ count: Int,
    _ target: UnsafeMutablePointer<Float>, _ pointStride: Int,
    _ patch: UnsafeMutablePointer<Float>, _ coefficients: WinogradCoefficients
  ) {
    var position = position
    var target = target
    var remaining = count
    while remaining > 0 {
      let first = reader.patch(of: position)
      position.advance()
      if WideVector.pixelCount == 2 && remaining > 1 {
        let second = reader.patch(of: position)
        position.advance()
        input(
          first, tileStride: second - first, reader.rowStride, target, pointStride, patch,
          coefficients, WideVector.self)
        target += WideVector.scalarCount
        remaining &-= 2
      } else {
        input(
          first, tileStride: 0, reader.rowStride, target, pointStride, patch, coefficients,
          Vector.self)
        target += Vector.scalarCount
        remaining &-= 1
      }
    }
  }

  fileprivate static func outputs<V>(
    _ outputs: TileOutputs<V>, _ position: TilePosition, _ count: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let writer = outputs.writer
    let extent: Int = outputExtent &+ 2
    let results = outputs.patch + extent &* extent &* V.scalarCount
    let resultsBlockStride = outputExtent &* outputExtent &* Vector.scalarCount
    var position = position
    var source = outputs.source
    for _ in 0..<count {
      let place = writer.place(of: position, blockCount: V.pixelCount)
      let epilogue = FinalEpilogue(
        bias: outputs.bias,
        bounds: place.takesResults || place.residual == nil ? outputs.bounds : .none,
        blockStride: place.takesResults ? writer.blockStride : resultsBlockStride,
        residual: place.takesResults ? place.residual : nil, origin: place.target)
      output(
        source, outputs.pointStride, epilogue, place.takesResults ? place.target : results,
        place.takesResults ? writer.rowStride : outputExtent &* Vector.scalarCount, outputs.patch,
        coefficients)
      if !place.takesResults {
        for block in 0..<V.pixelCount {
          writer.write(results + block &* resultsBlockStride, block: block, to: place)
        }
      }
      source += outputs.tileStride
      position.advance()
    }
  }

  /// Both dimensions: columns, then rows.
  @inline(__always)
  private static func input<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, _ rowStride: Int,
    _ target: UnsafeMutablePointer<Float>, _ pointStride: Int,
    _ patch: UnsafeMutablePointer<Float>, _ coefficients: WinogradCoefficients, _: V.Type
  ) {
    let extent: Int = outputExtent &+ 2
    let step: Int = V.scalarCount
    for x in 0..<extent {
      let line = TileLine<V>(
        first: source + x &* Vector.scalarCount, stride: rowStride, tileStride: tileStride)
      input(line, patch + x &* step, extent &* step, coefficients)
    }
    for y in 0..<extent {
      let row: Int = y &* extent
      input(
        PatchLine<V>(first: patch + row &* step, stride: step), target + row &* pointStride,
        pointStride, coefficients)
    }
  }

  /// Both dimensions: columns, then rows.
  @inline(__always)
  private static func output<V>(
    _ source: UnsafePointer<Float>, _ pointStride: Int, _ epilogue: FinalEpilogue<V>,
    _ target: UnsafeMutablePointer<Float>, _ rowStride: Int,
    _ patch: UnsafeMutablePointer<Float>, _ coefficients: WinogradCoefficients
  ) {
    let extent: Int = outputExtent &+ 2
    let step: Int = V.scalarCount
    for x in 0..<extent {
      output(
        source + x &* pointStride, extent &* pointStride, NoEpilogue<V>(), patch + x &* step,
        extent &* step, coefficients)
    }
    for y in 0..<outputExtent {
      output(
        patch + y &* extent &* step, step, epilogue, target + y &* rowStride, Vector.scalarCount,
        coefficients)
    }
  }
}
