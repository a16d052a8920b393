import KernelInterface
import KernelVectors

/// Winograd convolution; the contract is `ConvWinogradDescriptor`'s, the layout of the weights
/// `packWeights`', the split into blocks and the layouts of what lies between `ConvWinogradTiling`'s.
///
/// Both schedules take the same three steps over blocks of tiles: fused, an item takes all three for
/// one block, its products panel by panel; phased, each step is a phase. Besides its tiles, the first
/// phase clears the border of every output plane.
struct ConvWinograd {
  /// Ranges of panels into which the products of a point are split where phased. To tune it, time
  /// `KernelBenchmark` on the layers conv4 and conv5.
  private static let panelRangeCount = 2

  private let conv: ConvWinogradDescriptor
  private let tiling: ConvWinogradTiling
  private let panels: OutputPanels
  private let transforms: WinogradTransforms
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>

  static let kernel = Kernel(ConvWinogradDescriptor.self) { conv, operands in
    let call = ConvWinograd(conv, operands)
    return conv.schedule == .fused ? [call.fusedPhase] : call.phases
  }

  private init(_ conv: ConvWinogradDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvWinogradTiling(conv)
    panels = conv.outputPanels
    transforms = WinogradTransforms(conv.tile)
    bounds = ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = operands.constantFloats(1)
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    scratch = operands.floats(4)
  }

  // MARK: Schedules

  private var fusedPhase: WorkPhase {
    WorkPhase(itemCount: tiling.blockCount + planeCount) { item, workspace in
      guard item < tiling.blockCount else {
        return clearBorder(ofPlane: item - tiling.blockCount)
      }
      let tiles = tiling.tiles(ofBlock: item)
      let transformed = workspace.assumingMemoryBound(to: Float.self)
      let products = transformed + tiling.transformedInputElementCount
      let patch = products + tiling.productElementCount
      for block in 0..<tiling.inputBlockCount {
        transformInput(block: block, tiles: tiles, into: transformed, patch: patch)
      }
      for panel in 0..<panels.count {
        for point in 0..<conv.tile.pointCount {
          multiply(
            panel: panel, point: point, tileCount: tiles.count, transformed, into: products,
            next: (panel, point + 1))
        }
        transformOutput(panel: panel, tiles: tiles, products, patch: patch)
      }
    }
  }

  private var phases: [WorkPhase] {
    let transformed = scratch
    let products = scratch + tiling.transformedInputElementCount
    let transformItemCount = tiling.blockCount * tiling.inputBlockCount
    let rangeCount = min(Self.panelRangeCount, panels.count)
    return [
      WorkPhase(itemCount: transformItemCount + planeCount) { item, workspace in
        guard item < transformItemCount else {
          return clearBorder(ofPlane: item - transformItemCount)
        }
        let (block, inputBlock) = item.quotientAndRemainder(dividingBy: tiling.inputBlockCount)
        let tiles = tiling.tiles(ofBlock: block)
        transformInput(
          block: inputBlock, tiles: tiles,
          into: transformed + tiles.lowerBound * Vector.scalarCount,
          patch: workspace.assumingMemoryBound(to: Float.self))
      },
      WorkPhase(itemCount: tiling.blockCount > 0 ? conv.tile.pointCount * rangeCount : 0) {
        item, _ in
        let (point, range) = item.quotientAndRemainder(dividingBy: rangeCount)
        for panel in panels.count * range / rangeCount..<panels.count * (range + 1) / rangeCount {
          multiply(
            panel: panel, point: point, tileCount: tiling.tileCount, transformed,
            into: products + panel * tiling.productElementCount, next: (panel + 1, point))
        }
      },
      WorkPhase(itemCount: tiling.blockCount * panels.count) { item, workspace in
        let (block, panel) = item.quotientAndRemainder(dividingBy: panels.count)
        let tiles = tiling.tiles(ofBlock: block)
        let width = panels.width(of: panel)
        transformOutput(
          panel: panel, tiles: tiles,
          products + panel * tiling.productElementCount + tiles.lowerBound * width,
          patch: workspace.assumingMemoryBound(to: Float.self))
      },
    ]
  }

  // MARK: Steps

  /// Transforms one input channel block of some tiles.
  ///
  /// - Parameter target: the first of the tiles among the transformed inputs, as they lie for all
  ///   channel blocks.
  private func transformInput(
    block: Int, tiles: Range<Int>, into target: UnsafeMutablePointer<Float>,
    patch: UnsafeMutablePointer<Float>
  ) {
    let layout = conv.input
    let cornerRow: Int = layout.borderTop - conv.padTop
    let cornerColumn: Int = layout.borderLeft - conv.padLeft
    let corner =
      input + block * layout.channelBlockStride + cornerRow * layout.rowStride
      + cornerColumn * layout.channelBlock
    let rowStep: Int = conv.tile.outputExtent * layout.rowStride
    let columnStep: Int = conv.tile.outputExtent * layout.channelBlock
    var position = TilePosition(tiles.lowerBound, tiling)
    var target = target + block * tiling.inputBlockStride
    for _ in tiles {
      let imageOffset: Int = position.image * layout.imageStride
      let offset: Int = imageOffset + position.row * rowStep + position.column * columnStep
      transforms.transformInput(
        corner + offset, rowStride: layout.rowStride, into: target,
        pointStride: tiling.inputPointStride, patch: patch)
      target += Vector.scalarCount
      position.advance(tiling)
    }
  }

  /// Multiplies some tiles by the weights of one point and one panel.
  ///
  /// - Parameters:
  ///   - transformed: the first of the tiles among the transformed inputs.
  ///   - products: the first of the tiles among the products of the panel.
  ///   - next: the panel and point whose weights will be wanted next; there may be none such.
  private func multiply(
    panel: Int, point: Int, tileCount: Int, _ transformed: UnsafePointer<Float>,
    into products: UnsafeMutablePointer<Float>, next: (panel: Int, point: Int)
  ) {
    let vectorCount: Int = panels.width(of: panel) / Vector.scalarCount
    WinogradProduct(
      input: transformed + point * tiling.inputPointStride,
      inputBlockStride: tiling.inputBlockStride, blockCount: tiling.inputBlockCount,
      weights: weights + weightsOffset(panel: panel, point: point),
      nextWeights: weights + weightsOffset(panel: next.panel, point: next.point),
      target: products + point * tiling.productPointStride
    ).compute(tileCount: tileCount, vectorCount: vectorCount)
  }

  private func weightsOffset(panel: Int, point: Int) -> Int {
    let width = panel < panels.count ? panels.width(of: panel) : 0
    return conv.packedOffset(ofPanel: panel) + point * conv.paddedInputChannelCount * width
  }

  /// Finishes one panel of output channels of some tiles.
  ///
  /// - Parameter products: the first of the tiles among the products of the panel.
  private func transformOutput(
    panel: Int, tiles: Range<Int>, _ products: UnsafePointer<Float>,
    patch: UnsafeMutablePointer<Float>
  ) {
    let width: Int = panels.width(of: panel)
    let firstChannel: Int = panels.firstChannel(of: panel)
    let writer = WinogradTileWriter(layout: conv.output, tile: conv.tile, pools: conv.poolsMax2x2)
    let results = patch + tiling.patchElementCount
    for vector in 0..<width / Vector.scalarCount {
      let channel: Int = firstChannel + vector * Vector.scalarCount
      let bias = bias.vector(at: channel)
      let usedLanes: Int = conv.output.channels - channel
      var position = TilePosition(tiles.lowerBound, tiling)
      var source = products + vector * Vector.scalarCount
      for _ in tiles {
        let place = writer.place(
          of: position,
          in: output
            + conv.output.planeOffset(image: position.image, block: channel / Vector.scalarCount))
        let isDirect = place.isWhole && usedLanes >= Vector.scalarCount
        transforms.transformOutput(
          source, pointStride: tiling.productPointStride, bias: bias, bounds: bounds,
          into: isDirect ? place.target : results,
          rowStride: isDirect
            ? conv.output.rowStride : conv.tile.outputExtent * Vector.scalarCount,
          patch: patch)
        if !isDirect { writer.write(results, to: place, usedLanes: usedLanes) }
        source += width
        position.advance(tiling)
      }
    }
  }

  // MARK: Borders

  private var planeCount: Int {
    conv.output.hasBorder && !conv.output.isEmpty
      ? conv.output.batch * conv.output.channelBlockCount : 0
  }

  private func clearBorder(ofPlane plane: Int) {
    BlockedBandWriter(layout: conv.output).finish(
      plane: output + plane * conv.output.channelBlockStride, rows: 0..<conv.output.height,
      usedLanes: Vector.scalarCount)
  }
}
