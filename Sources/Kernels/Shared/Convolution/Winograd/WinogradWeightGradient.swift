import KernelInterface
import KernelVectors

/// The gradient of weights by F(3×3, 4×4); the contract is `WinogradWeightGradientDescriptor`'s, the cut and the layouts
/// `WinogradWeightGradientTiling`'s.
///
/// Of each wave a phase transforms inputs and gradients, an item some tiles of a channel block; then an item adds the
/// products of a point and a pair of panels over all tiles of the wave. At last the sums are transformed back.
struct WinogradWeightGradient {
  /// Tiles that an item transforms.
  private static let tilesPerItem = 128

  private let conv: WinogradWeightGradientDescriptor
  private let tiling: WinogradWeightGradientTiling
  private let tiles: ConvWinogradTiling
  private let reader: WinogradTileReader
  private let inputTransforms: WinogradTransforms
  private let transforms = GradientTransforms()
  private let gradient: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>

  static let kernel = Kernel(WinogradWeightGradientDescriptor.self) { conv, operands in
    let call = WinogradWeightGradient(conv, operands)
    return (0..<call.tiling.waves.partCount).flatMap { wave in
      [call.transformPhase(wave), call.productPhase(wave)]
    } + [call.resultPhase]
  }

  private init(
    _ conv: WinogradWeightGradientDescriptor, _ operands: [UnsafeMutableRawPointer]
  ) {
    self.conv = conv
    tiling = WinogradWeightGradientTiling(conv)
    let forward = conv.forward
    tiles = ConvWinogradTiling(forward)
    reader = WinogradTileReader(forward, input: operands.constantFloats(0))
    inputTransforms = WinogradTransforms(forward.shape)
    gradient = operands.constantFloats(1)
    output = operands.floats(2)
    scratch = operands.floats(3)
  }

  // MARK: Transforms

  private func transformPhase(_ wave: Int) -> WorkPhase {
    let all = tiling.waves[wave]
    let parts = EvenSplit(total: all.count, maximumSize: Self.tilesPerItem)
    let gradientBlockCount =
      tiling.pairCount * WinogradWeightGradientTiling.pairWidth / Vector.scalarCount
    let blockCount = tiling.inputBlockCount + gradientBlockCount
    return WorkPhase(itemCount: parts.partCount * blockCount) { item, workspace in
      let (part, block) = item.quotientAndRemainder(dividingBy: blockCount)
      let patch = workspace.assumingMemoryBound(to: Float.self)
      let position = TilePosition(all.lowerBound + parts[part].lowerBound, tiles)
      if block < tiling.inputBlockCount {
        let place =
          tiling.inputOffset(block: block) + parts[part].lowerBound * Vector.scalarCount
        inputTransforms.transformInputs(
          reader.at(channelBlock: block), from: position, count: parts[part].count,
          into: scratch + place, pointStride: tiling.inputPointStride, patch: patch)
      } else {
        transformGradients(
          block: block - tiling.inputBlockCount, from: position, parts[part], patch: patch)
      }
    }
  }

  /// Transforms the gradients of some tiles of one channel block; zeros past the last block.
  ///
  /// - Parameter range: the tiles, counted from the first of the wave.
  private func transformGradients(
    block: Int, from position: TilePosition, _ range: Range<Int>,
    patch: UnsafeMutablePointer<Float>
  ) {
    let (pair, part) = (block * Vector.scalarCount).quotientAndRemainder(
      dividingBy: WinogradWeightGradientTiling.pairWidth)
    let width = tiling.width(ofPair: pair)
    guard part < width else { return }
    let layout = conv.gradient
    var target = scratch + (tiling.gradientOffset(pair: pair) + range.lowerBound * width + part)
    guard block < layout.channelBlockCount else {
      for _ in range {
        for point in 0..<WinogradWeightGradientTiling.pointCount {
          target.store(Vector.zero, at: point * tiling.gradientPointStride)
        }
        target += width
      }
      return
    }
    var position = position
    for _ in range {
      let tile =
        gradient + layout.planeOffset(image: position.image, block: block)
        + layout.rowOffset(position.row * WinogradWeightGradientTiling.tileExtent)
        + position.column * WinogradWeightGradientTiling.tileExtent * Vector.scalarCount
      transforms.transformGradient(
        tile, rowStride: layout.rowStride, to: target, pointStride: tiling.gradientPointStride,
        patch: patch)
      position.advance()
      target += width
    }
  }

  // MARK: Products

  private func productPhase(_ wave: Int) -> WorkPhase {
    let runs = EvenSplit(
      total: tiling.waves[wave].count,
      maximumSize: WinogradWeightGradientTiling.maximumRunSize)
    return WorkPhase(itemCount: WinogradWeightGradientTiling.pointCount * tiling.pairCount) {
      item, _ in
      let (point, pair) = item.quotientAndRemainder(dividingBy: tiling.pairCount)
      let width = tiling.width(ofPair: pair)
      let inputs = scratch + point * tiling.inputPointStride
      let gradients =
        scratch + (tiling.gradientOffset(pair: pair) + point * tiling.gradientPointStride)
      for run in 0..<runs.partCount {
        let tiles = runs[run]
        let products = GradientProducts(
          rowCount: 1, columnCount: tiles.count, inputPixelStride: Vector.scalarCount,
          inputRowStride: 0, width: width)
        for block in 0..<tiling.inputBlockCount {
          let place = tiling.inputOffset(block: block) + tiles.lowerBound * Vector.scalarCount
          products.add(
            inputs + place, gradients + tiles.lowerBound * width,
            to: sums(point: point, pair: pair, block: block), isFirst: wave == 0 && run == 0)
        }
      }
    }
  }

  private func sums(point: Int, pair: Int, block: Int) -> UnsafeMutablePointer<Float> {
    scratch + (tiling.sumsOffset(pair: pair, block: block) + point * tiling.sumsPointStride)
  }

  // MARK: Results

  /// An item is a pair and an input channel block.
  private var resultPhase: WorkPhase {
    WorkPhase(itemCount: tiling.pairCount * tiling.inputBlockCount) { item, workspace in
      let (pair, block) = item.quotientAndRemainder(dividingBy: tiling.inputBlockCount)
      let patch = workspace.assumingMemoryBound(to: Float.self)
      let taps = patch + WinogradWeightGradientTiling.patchElementCount
      let width = tiling.width(ofPair: pair)
      let source = sums(point: 0, pair: pair, block: block)
      let elementCount = Vector.scalarCount * width
      for offset in stride(from: 0, to: elementCount, by: WideVector.scalarCount) {
        transforms.transformSums(
          source + offset, pointStride: tiling.sumsPointStride, to: taps + offset,
          tapStride: elementCount, patch: patch, WideVector.self)
      }
      let tapCount = WinogradWeightGradientTiling.tapCount
      let outputs = tiling.outputs(ofPair: pair)
      for output in outputs {
        GradientWriter(
          output: self.output + output * conv.input.channels * tapCount,
          inputs: 0..<conv.input.channels, tapCount: tapCount
        ).store(taps + (output - outputs.lowerBound), width: width, block: block)
      }
    }
  }
}
