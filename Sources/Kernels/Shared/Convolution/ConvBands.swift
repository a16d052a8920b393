import KernelInterface
import KernelVectors

/// Two convolutions by bands of rows; the contract is `ConvBandsDescriptor`'s, the cut `ConvBandsTiling`'s.
///
/// The rows between lie in the workspace as in an image of as many rows as a band reads, a plane a channel
/// block of the pair, their borders included.
final class ConvBands {
  private let producer: ConvDirect
  private let consumer: ConvDepthwise
  private let tiling: ConvBandsTiling
  /// Of the images between.
  private let layout: ImageLayout
  private let window: SlidingWindow
  private let batch: Int
  private let height: Int
  private let storeByteOffset: Int

  static let kernel = Kernel(ConvBandsDescriptor.self) { bands, operands in
    let call = ConvBands(bands, operands)
    return [
      WorkPhase(itemCount: call.itemCount) { call.compute(item: $0, workspace: $1) }
    ]
  }

  private init(_ bands: ConvBandsDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    // Neither touches its operand between.
    let output = operands[5]
    producer = ConvDirect(bands.producer, operands[..<3] + [output])
    consumer = ConvDepthwise(bands.consumer, [output] + operands[3...])
    tiling = ConvBandsTiling(bands)
    layout = bands.consumer.input
    window = bands.consumer.window
    batch = bands.output.batch
    height = bands.output.height
    storeByteOffset = bands.storeByteOffset
  }

  private var itemCount: Int { batch * tiling.items.partCount * tiling.pairCount }

  private func compute(item: Int, workspace: UnsafeMutableRawPointer) {
    let (slot, pair) = item.quotientAndRemainder(dividingBy: tiling.pairCount)
    let (image, part) = slot.quotientAndRemainder(dividingBy: tiling.items.partCount)
    let blocks = producer.blocks(ofPair: pair)
    let store = (workspace + storeByteOffset).assumingMemoryBound(to: Float.self)
    clearSides(of: blocks.count, store)
    var stored = 0..<0
    for band in tiling.items[part] {
      let rows = band * tiling.bandHeight..<min(height, (band + 1) * tiling.bandHeight)
      let first: Int = rows.lowerBound * window.strideHeight - window.padTop
      let last: Int = (rows.upperBound - 1) * window.strideHeight - window.padTop
      let covered = first..<last + window.spanHeight
      let kept = stored.clamped(to: covered)
      if !kept.isEmpty {
        for block in 0..<blocks.count {
          let plane = plane(block, store)
          plane.update(
            from: plane + (kept.lowerBound - stored.lowerBound) * layout.rowStride,
            count: kept.count * layout.rowStride)
        }
      }
      stored = covered
      produce(
        kept.isEmpty ? covered : kept.upperBound..<covered.upperBound, of: covered, image: image,
        pair: pair, blockCount: blocks.count, store)
      for block in blocks {
        consumer.compute(
          PlaneBands.Band(image: image, block: block, rows: rows),
          from: plane(block - blocks.lowerBound, store), workspace: workspace)
      }
    }
  }

  private func plane(
    _ block: Int, _ store: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    store + block * tiling.storedRowCount * layout.rowStride
  }

  /// Stores rows, of which some may lie above or below the image, among those that are covered.
  private func produce(
    _ rows: Range<Int>, of covered: Range<Int>, image: Int, pair: Int, blockCount: Int,
    _ store: UnsafeMutablePointer<Float>
  ) {
    let top = min(max(rows.lowerBound, 0), rows.upperBound)
    let bottom = max(top, min(rows.upperBound, layout.height))
    func offset(of row: Int) -> Int { (row - covered.lowerBound) * layout.rowStride }
    for block in 0..<blockCount {
      let plane = plane(block, store)
      (plane + offset(of: rows.lowerBound))
        .fillZero(count: (top - rows.lowerBound) * layout.rowStride)
      (plane + offset(of: bottom)).fillZero(count: (rows.upperBound - bottom) * layout.rowStride)
    }
    producer.compute(
      image: image, rows: top..<bottom, pair: pair,
      into: ConvDirect.Planes(
        origin: store + offset(of: top) + layout.borderLeft * Vector.scalarCount,
        rowStride: layout.rowStride, vectorStride: tiling.storedRowCount * layout.rowStride))
  }

  /// Zeroes the borders at the sides of all stored rows.
  private func clearSides(of blockCount: Int, _ store: UnsafeMutablePointer<Float>) {
    let leftCount: Int = layout.borderLeft * Vector.scalarCount
    let rightCount: Int = layout.borderRight * Vector.scalarCount
    for row in 0..<blockCount * tiling.storedRowCount {
      let start = store + row * layout.rowStride
      start.fillZero(count: leftCount)
      (start + layout.rowStride - rightCount).fillZero(count: rightCount)
    }
  }
}
