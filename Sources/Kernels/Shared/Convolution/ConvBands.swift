import KernelInterface
import KernelVectors

/// Two convolutions by bands of rows; the contract is `ConvBandsDescriptor`'s, the cut `ConvBandsTiling`'s.
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
    var store = BandStore(
      layout, rowCount: tiling.storedRowCount, planeCount: blocks.count,
      at: (workspace + storeByteOffset).assumingMemoryBound(to: Float.self))
    for band in tiling.items[part] {
      let rows = band * tiling.bandHeight..<min(height, (band + 1) * tiling.bandHeight)
      let first: Int = rows.lowerBound * window.strideHeight - window.padTop
      let last: Int = (rows.upperBound - 1) * window.strideHeight - window.padTop
      store.cover(first..<last + window.spanHeight) {
        producer.compute(image: image, rows: $0, pair: pair, into: $1)
      }
      for block in blocks {
        consumer.compute(
          PlaneBands.Band(image: image, block: block, rows: rows),
          from: store.plane(block - blocks.lowerBound), workspace: workspace)
      }
    }
  }
}
