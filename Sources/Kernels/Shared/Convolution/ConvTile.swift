import CMachine
import KernelInterface
import KernelVectors

/// A run of register tiles along a row of output pixels. All strides are in elements.
///
/// For each pixel `p` and each output channel `o` of a panel of one or two vectors, or of two panels of two:
/// `target(p, o) = activation(addend(p, o) + Σ_{b,i,j,l} input(p, b, i, j, l) · weights(b, i, j, l, o))`
/// with `b` the input channel block, `i` and `j` the row and column of the window, and `l` the lane of
/// the block, in the order of `taps`. The sum is formed from zero in that order, then the addend is added to it, then the residual
/// if there is one.
struct ConvTileRun {
  /// Where the window of the first pixel starts.
  var input: UnsafePointer<Float>
  var inputPixelStride: Int
  var taps: ConvTaps
  /// `[block][row][column][lane][vector]`, dense, of each panel.
  var weights: UnsafePointer<Float>
  var weightsPanelStride: Int
  var addend: UnsafePointer<Float>
  /// 0 where all pixels add the same, the bias.
  var addendPixelStride: Int
  var addendVectorStride: Int
  /// The vectors of neighbouring pixels lie one after the other.
  var target: UnsafeMutablePointer<Float>
  var targetVectorStride: Int
  /// Added before the bounds, as the target lies.
  var residual: UnsafePointer<Float>?
  var residualVectorStride = 0
  var bounds: ActivationBounds
  /// Applied after the bounds, to all pixels when they are done: in the registers of a tile it would take some from
  /// the sums, and a load right after would wait for the stores.
  var program: ResultProgram?
  /// Stepped at every block of the taps of every tile.
  var upcoming: UpcomingLines

  /// Tiles of a row of pixels.
  static func tiles(pixelCount: Int, vectorCount: Int) -> EvenSplit {
    EvenSplit(
      total: pixelCount,
      maximumSize: vectorCount > 2 ? maximumPairTileRowCount : maximumTileRowCount)
  }

  /// Computes `pixelCount` pixels in tiles whose sizes differ by one at most.
  ///
  /// - Parameters:
  ///   - vectorCount: vectors of the panel, 1 or 2; 4 for two panels, if `hasPanelPairs(laneCount:)`.
  ///   - laneCount: lanes of an input block, 1 or 8, which lie one after the other.
  mutating func compute(pixelCount: Int, vectorCount: Int, laneCount: Int) {
    guard pixelCount > 0 else { return }
    let tiles = Self.tiles(pixelCount: pixelCount, vectorCount: vectorCount)
    switch vectorCount {
    case 1: compute(tiles, SIMD8<Float>.self, laneCount: laneCount)
    case 2: compute(tiles, SIMD16<Float>.self, laneCount: laneCount)
    case _ where maximumPairTileRowCount == 0: return
    default: computePairs(tiles)
    }
    program?.apply(
      to: target, runCount: vectorCount, runStride: targetVectorStride,
      count: pixelCount &* Vector.scalarCount)
  }

  /// Whether two panels may be computed at a time.
  static func hasPanelPairs(laneCount: Int) -> Bool {
    maximumPairTileRowCount > 0 && laneCount == Vector.scalarCount
  }

  private mutating func computePairs(_ tiles: EvenSplit) {
    switch inputPixelStride {
    case 8: compute(tiles, ConvTiles<PanelPair, 8, 8>.self)
    case 16: compute(tiles, ConvTiles<PanelPair, 8, 16>.self)
    default: compute(tiles, ConvTiles<PanelPair, 8, 0>.self)
    }
  }

  /// The usual strides are known to the compiler, so that they are part of the instructions.
  @inline(__always)
  private mutating func compute<V: PanelVector>(_ tiles: EvenSplit, _: V.Type, laneCount: Int) {
    switch (laneCount, inputPixelStride) {
    case (1, 1): compute(tiles, ConvTiles<V, 1, 1>.self)
    case (1, 2): compute(tiles, ConvTiles<V, 1, 2>.self)
    case (1, 4): compute(tiles, ConvTiles<V, 1, 4>.self)
    case (1, _): compute(tiles, ConvTiles<V, 1, 0>.self)
    case (_, 8): compute(tiles, ConvTiles<V, 8, 8>.self)
    case (_, 16): compute(tiles, ConvTiles<V, 8, 16>.self)
    case (_, _): compute(tiles, ConvTiles<V, 8, 0>.self)
    }
  }

  @inline(__always)
  private mutating func compute<V: PanelVector, let lanes: Int, let stride: Int>(
    _ tiles: EvenSplit, _: ConvTiles<V, lanes, stride>.Type
  ) {
    var body = ConvTiles<V, lanes, stride>(run: self, remaining: tiles.largerCount)
    let maximum = V.panelCount == 2 ? maximumPairTileRowCount : maximumTileRowCount
    body.compute(rows: tiles.smallerSize + 1, maximum: maximum)
    body.remaining = tiles.partCount - tiles.largerCount
    body.compute(rows: tiles.smallerSize, maximum: maximum)
    upcoming = body.run.upcoming
  }
}

/// Register tiles of the same number of pixels, one after the other, whose input pixels lie `stride`
/// elements apart; 0 stands for any other stride.
private struct ConvTiles<V: PanelVector, let lanes: Int, let stride: Int>: TileBody {
  /// From the first pixel that is not computed on.
  var run: ConvTileRun
  /// Tiles to compute.
  var remaining: Int

  mutating func compute<let pixels: Int>(_: TileRows<pixels>.Type) {
    var run = run
    var upcoming = run.upcoming
    while remaining > 0 {
      var tile = RegisterTile<pixels, V, Arithmetic>()
      if let residual = run.residual { Self.prefetch(residual, run, pixelCount: pixels) }
      Self.accumulate(&tile, run, &upcoming)
      tile.finish(ConvTileEpilogue(run: run))
      run.input += pixels &* run.inputPixelStride
      run.addend += pixels &* run.addendPixelStride
      run.target += pixels &* Vector.scalarCount
      if let residual = run.residual { run.residual = residual + pixels &* Vector.scalarCount }
      remaining &-= 1
    }
    run.upcoming = upcoming
    self.run = run
  }

  /// Asks for the residual of a tile.
  @inline(__always)
  private static func prefetch(
    _ residual: UnsafePointer<Float>, _ run: ConvTileRun, pixelCount: Int
  ) {
    for vector in 0..<V.width / Vector.scalarCount {
      let start = residual + vector &* run.residualVectorStride
      var pixel = 0
      while pixel < pixelCount {
        tessera_prefetch(start + pixel &* Vector.scalarCount)
        pixel &+= 2
      }
    }
  }

  @inline(__always)
  private static func accumulate<let pixels: Int>(
    _ tile: inout RegisterTile<pixels, V, Arithmetic>, _ run: ConvTileRun,
    _ upcoming: inout UpcomingLines
  ) {
    let pixelStride: Int = stride > 0 ? stride : run.inputPixelStride
    var weights = run.weights
    var block = run.input
    var blocksLeft = run.taps.blockCount
    while blocksLeft > 0 {
      if lanes == 8 { upcoming.step() }
      var row = block
      var rowsLeft = run.taps.rowCount
      while rowsLeft > 0 {
        var tap = row
        var columnsLeft = run.taps.columnCount
        while columnsLeft > 0 {
          if lanes == 8 {
            tile.addBlock(tap, stride: pixelStride, weights, panelStride: run.weightsPanelStride)
          } else {
            tile.add(tap, stride: pixelStride, weights)
          }
          weights += lanes &* (V.width / V.panelCount)
          tap += run.taps.columnStep
          columnsLeft &-= 1
        }
        row += run.taps.rowStep
        rowsLeft &-= 1
      }
      block += run.taps.blockStride
      blocksLeft &-= 1
    }
  }
}

private struct ConvTileEpilogue<V: PanelVector>: TileEpilogue {
  let run: ConvTileRun

  @inline(__always)
  func take(_ sum: V, row pixel: Int) {
    let addend = V(
      blocks: run.addend + pixel &* run.addendPixelStride, stride: run.addendVectorStride)
    var result = sum.adding(addend)
    if let residual = run.residual {
      result = result.adding(
        V(blocks: residual + pixel &* Vector.scalarCount, stride: run.residualVectorStride))
    }
    result.clamped(to: run.bounds).storeBlocks(
      at: run.target + pixel &* Vector.scalarCount, stride: run.targetVectorStride)
  }
}
