import KernelInterface
import KernelVectors

/// Winograd convolution; the contract is `ConvWinogradDescriptor`'s, the layout of the weights
/// `packWeights`', the split into blocks and the layouts of what lies between `ConvWinogradTiling`'s.
///
/// Fused, an item transforms the inputs of one block of tiles and takes them through all panels; phased,
/// a phase transforms the inputs of a wave of blocks, then an item takes one block through one panel.
/// Besides, the first phase clears the border of every output plane.
struct ConvWinograd {
  /// Input channel blocks of a work item that transforms inputs, where phased. To tune it, time
  /// `KernelBenchmark` on the layers conv4 and conv5.
  private static let channelBlocksPerItem = 8

  private let conv: ConvWinogradDescriptor
  private let tiling: ConvWinogradTiling
  private let panels: OutputPanels
  private let transforms: WinogradTransforms
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafeRawPointer
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>
  private let residual: EpilogueSum?
  private let epilogue: EpilogueCall?

  static let kernel = Kernel(ConvWinogradDescriptor.self) { conv, operands in
    let call = ConvWinograd(conv, operands)
    return conv.schedule == .fused ? [call.fusedPhase] : call.phases
  }

  init(_ conv: ConvWinogradDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvWinogradTiling(conv)
    panels = conv.outputPanels
    transforms = WinogradTransforms(conv.shape)
    residual =
      conv.activation.kind == .identity
      ? EpilogueSum(conv.epilogue, operands: operands, layout: conv.output) : nil
    bounds = residual?.bounds ?? ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = UnsafeRawPointer(operands[1])
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    scratch = operands.floats(4)
    epilogue =
      residual == nil
      ? EpilogueCall(
        conv.epilogue, layout: conv.output, output: output, operands: operands, keepsBorder: true)
      : nil
  }

  // MARK: Schedules

  private var fusedPhase: WorkPhase {
    WorkPhase(itemCount: tiling.blocks.partCount + planeCount) { item, workspace in
      guard item < tiling.blocks.partCount else {
        return clearBorder(ofPlane: item - tiling.blocks.partCount)
      }
      let tiles = tiling.blocks[item]
      compute(
        tiles: tiles, from: WinogradTileReader(conv, input: input), tiles.lowerBound,
        workspace: workspace)
    }
  }

  /// Takes a block of tiles from input to output.
  ///
  /// - Parameter first: the number of the first tile, by which the reader knows it.
  func compute(
    tiles: Range<Int>, from reader: WinogradTileReader, _ first: Int,
    workspace: UnsafeMutableRawPointer
  ) {
    let transformed = ownPart(of: workspace)
    let products = transformed + tiling.transformedInputElementCount
    let groups = Self.groups(tileCount: tiles.count)
    for group in 0..<groups.partCount {
      transformInputs(
        channelBlocks: 0..<tiling.inputBlockCount, from: reader, first, tileCount: tiles.count,
        group: groups[group], into: transformed, patch: products)
    }
    for pair in 0..<panels.pairCount {
      compute(pair: pair, tiles: tiles, transformed, products, workspace: workspace)
    }
  }

  private var phases: [WorkPhase] {
    let waves = tiling.waves
    guard waves.partCount > 0 else {
      return [WorkPhase(itemCount: planeCount) { item, _ in clearBorder(ofPlane: item) }]
    }
    return (0..<waves.partCount).flatMap { wave in
      [
        transformPhase(blocks: waves[wave], clearsBorder: wave == 0),
        productPhase(blocks: waves[wave]),
      ]
    }
  }

  /// Transforms the inputs of a wave.
  private func transformPhase(blocks: Range<Int>, clearsBorder: Bool) -> WorkPhase {
    let rangeCount = ceilingQuotient(tiling.inputBlockCount, Self.channelBlocksPerItem)
    let groupsPerBlock = Self.groups(tileCount: tiling.blocks[0].count).partCount
    let transformCount = blocks.count * groupsPerBlock * rangeCount
    return WorkPhase(itemCount: transformCount + (clearsBorder ? planeCount : 0)) {
      item, workspace in
      guard item < transformCount else { return clearBorder(ofPlane: item - transformCount) }
      let (blockGroup, range) = item.quotientAndRemainder(dividingBy: rangeCount)
      let (block, group) = blockGroup.quotientAndRemainder(dividingBy: groupsPerBlock)
      let tiles = tiling.blocks[blocks.lowerBound + block]
      let groups = Self.groups(tileCount: tiles.count)
      guard group < groups.partCount else { return }
      let first = range * Self.channelBlocksPerItem
      transformInputs(
        channelBlocks: first..<min(first + Self.channelBlocksPerItem, tiling.inputBlockCount),
        from: WinogradTileReader(conv, input: input), tiles.lowerBound, tileCount: tiles.count,
        group: groups[group], into: transformedInputs(ofBlock: block),
        patch: ownPart(of: workspace))
    }
  }

  /// Takes the blocks of a wave through all pairs of panels. The weights of a pair stay in the L2 cache from
  /// one block to the next.
  private func productPhase(blocks: Range<Int>) -> WorkPhase {
    WorkPhase(itemCount: blocks.count * panels.pairCount) { item, workspace in
      let (pair, block) = item.quotientAndRemainder(dividingBy: blocks.count)
      compute(
        pair: pair, tiles: tiling.blocks[blocks.lowerBound + block],
        transformedInputs(ofBlock: block), ownPart(of: workspace), workspace: workspace)
    }
  }

  /// A workspace starts with what the epilogue needs.
  private func ownPart(of workspace: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
    (workspace + conv.epilogue.workspaceByteCount).assumingMemoryBound(to: Float.self)
  }

  /// - Parameter block: counted from the first of the wave.
  private func transformedInputs(ofBlock block: Int) -> UnsafeMutablePointer<Float> {
    scratch + block * tiling.transformedInputElementCount
  }

  /// Tiles of a group at most.
  static var maximumGroupSize: Int {
    maximumPairTileRowCount > 0 ? maximumPairTileRowCount : maximumTileRowCount
  }

  /// The groups of a block of `tileCount` tiles.
  static func groups(tileCount: Int) -> EvenSplit {
    EvenSplit(total: tileCount, maximumSize: maximumGroupSize)
  }

  // MARK: Steps

  /// Transforms some input channel blocks of one group of tiles.
  ///
  /// - Parameters:
  ///   - first: the number of the block's first tile, by which the reader knows it.
  ///   - tileCount: tiles of the block.
  ///   - tiles: those of the group, counted from the first of the block.
  ///   - transformed: the transformed inputs of the block.
  private func transformInputs(
    channelBlocks: Range<Int>, from reader: WinogradTileReader, _ first: Int, tileCount: Int,
    group tiles: Range<Int>, into transformed: UnsafeMutablePointer<Float>,
    patch: UnsafeMutablePointer<Float>
  ) {
    let position = TilePosition(first + tiles.lowerBound, tiling)
    for channelBlock in channelBlocks {
      let run = tiling.run(
        from: channelBlock / ConvWinogradTiling.maximumRunSize * ConvWinogradTiling.maximumRunSize)
      let offset: Int = tiling.inputOffset(
        run: run, firstTile: tiles.lowerBound, tileCount: tileCount)
      let blockOffset: Int = (channelBlock - run.lowerBound) * tiles.count * Vector.scalarCount
      transforms.transformInputs(
        reader.at(channelBlock: channelBlock), from: position, count: tiles.count,
        into: transformed + offset + blockOffset,
        pointStride: tiling.inputPointStride(tileCount: tileCount), patch: patch)
    }
  }

  /// Takes a block of tiles through the products and the output transform of a pair of panels, together
  /// where register tiles have two panels.
  ///
  /// - Parameters:
  ///   - transformed: the transformed inputs of the block.
  ///   - products: room for the products of the pair, and after them for two patches and for the
  ///     weights of a run as float32.
  private func compute(
    pair: Int, tiles: Range<Int>, _ transformed: UnsafePointer<Float>,
    _ products: UnsafeMutablePointer<Float>, workspace: UnsafeMutableRawPointer
  ) {
    let panels = panels.panels(ofPair: pair)
    if maximumPairTileRowCount > 0 && self.panels.isFullPair(panels) {
      compute(panels: panels, tiles: tiles, transformed, products, workspace: workspace)
    } else {
      for panel in panels {
        compute(
          panels: panel..<panel + 1, tiles: tiles, transformed, products, workspace: workspace)
      }
    }
  }

  private func compute(
    panels: Range<Int>, tiles: Range<Int>, _ transformed: UnsafePointer<Float>,
    _ products: UnsafeMutablePointer<Float>, workspace: UnsafeMutableRawPointer
  ) {
    let panel = panels.lowerBound
    let panelVectorCount = self.panels.width(of: panel) / Vector.scalarCount
    let vectorCount = panels.count * panelVectorCount
    let start = weights + conv.packedByteOffset(ofPanel: panel)
    let product = WinogradProduct(
      tiling: tiling, tileCount: tiles.count, input: transformed,
      weights: PanelWeights(
        type: conv.weightType, base: start + conv.scalesByteCount(ofPanel: panel),
        vectorCount: panelVectorCount),
      scales: conv.weightType.hasScales ? start.assumingMemoryBound(to: Float.self) : nil,
      panelByteStride: panels.count == 2
        ? conv.packedByteOffset(ofPanel: panel + 1) - conv.packedByteOffset(ofPanel: panel) : 0,
      widened: products + tiling.widenedWeightsOffset, target: products)
    product.compute()
    let firstBlock = self.panels.firstChannel(of: panel) / Vector.scalarCount
    var vector = 0
    while vector < vectorCount {
      let isWide = vectorCount - vector >= WideVector.pixelCount
      let source = products + vector * Vector.scalarCount
      if isWide {
        transformOutputs(
          source, tileStride: vectorCount * Vector.scalarCount, tiles: tiles,
          channelBlock: firstBlock + vector, patch: products + tiling.productElementCount,
          WideVector.self)
      } else {
        transformOutputs(
          source, tileStride: vectorCount * Vector.scalarCount, tiles: tiles,
          channelBlock: firstBlock + vector, patch: products + tiling.productElementCount,
          Vector.self)
      }
      vector += isWide ? WideVector.pixelCount : 1
    }
    guard let epilogue else { return }
    for block in firstBlock..<firstBlock + vectorCount {
      forEachRun(of: tiles) { image, rows, columns in
        epilogue.apply(
          image: image, block: block, rows: rows, columns: columns, workspace: workspace)
      }
    }
  }

  /// Transforms the products of a block of tiles, of as many channel blocks as a vector has.
  private func transformOutputs<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, tiles: Range<Int>, channelBlock: Int,
    patch: UnsafeMutablePointer<Float>, _: V.Type
  ) {
    let channel: Int = channelBlock * Vector.scalarCount
    transforms.transformOutputs(
      source, tileStride: tileStride, pointStride: tiling.productPointStride(width: tileStride),
      from: TilePosition(tiles.lowerBound, tiling), count: tiles.count,
      bias: V.load(bias + channel), bounds: bounds,
      to: WinogradTileWriter(
        conv, output: output, channelBlock: channelBlock,
        usedLanes: conv.output.channels - channel, residual: residual, bounds: bounds),
      patch: patch)
  }

  /// The results of a block of tiles: of each row of tiles, the rows and columns of the output.
  private func forEachRun(
    of tiles: Range<Int>, _ body: (_ image: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    let height = conv.shape.rows.outputExtent
    let width = conv.shape.columns.outputExtent
    var tile = tiles.lowerBound
    while tile < tiles.upperBound {
      let position = TilePosition(tile, tiling)
      let count = min(tiles.upperBound - tile, tiling.columnCount - position.column)
      let row: Int = position.row * height
      let column: Int = position.column * width
      body(
        position.image, row..<min(row + height, conv.output.height),
        column..<min(column + count * width, conv.output.width))
      tile += count
    }
  }

  // MARK: Borders

  /// Planes of the output whose border has to be cleared.
  var planeCount: Int {
    conv.output.hasBorder && !conv.output.isEmpty
      ? conv.output.batch * conv.output.channelBlockCount : 0
  }

  func clearBorder(ofPlane plane: Int) {
    let (image, block) = plane.quotientAndRemainder(dividingBy: conv.output.channelBlockCount)
    BlockedBandWriter(layout: conv.output).finish(
      plane: output + conv.output.planeOffset(image: image, block: block),
      rows: 0..<conv.output.height,
      usedLanes: Vector.scalarCount)
  }
}
