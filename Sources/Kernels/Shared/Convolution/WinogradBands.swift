import KernelInterface
import KernelVectors

/// A direct and a Winograd convolution by bands of rows of tiles; the contract is `WinogradBandsDescriptor`'s, the
/// cut `WinogradBandsTiling`'s. In the workspace the rows between lie before what the consumer needs.
final class WinogradBands {
  private let producer: ConvDirect
  private let producerPairCount: Int
  private let consumer: ConvWinograd
  private let conv: ConvWinogradDescriptor
  private let bands: WinogradBandsTiling

  static let kernel = Kernel(WinogradBandsDescriptor.self) { bands, operands in
    let call = WinogradBands(bands, operands)
    let itemCount = call.itemCount
    return [
      WorkPhase(itemCount: itemCount + call.consumer.planeCount) { item, workspace in
        guard item < itemCount else { return call.consumer.clearBorder(ofPlane: item - itemCount) }
        call.compute(item: item, workspace: workspace)
      }
    ]
  }

  private init(_ descriptor: WinogradBandsDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    // Neither touches its operand between.
    let output = operands[5]
    producer = ConvDirect(descriptor.producer, operands[..<3] + [output])
    producerPairCount = ConvDirectTiling(descriptor.producer).pairCount
    consumer = ConvWinograd(descriptor.consumer, [output] + operands[3...])
    conv = descriptor.consumer
    bands = WinogradBandsTiling(descriptor)
  }

  private var itemCount: Int { conv.output.batch * bands.items.partCount }

  private func compute(item: Int, workspace: UnsafeMutableRawPointer) {
    let (image, part) = item.quotientAndRemainder(dividingBy: bands.items.partCount)
    let tiling = bands.tiling
    let rows = conv.shape.rows
    var store = BandStore(
      conv.input, rowCount: bands.storedRowCount, planeCount: tiling.inputBlockCount,
      at: workspace.assumingMemoryBound(to: Float.self))
    let reader = WinogradTileReader(
      conv, firstRow: store.plane(0), channelBlockStride: store.planeStride)
    for band in bands.items[part] {
      let first: Int = band * bands.bandHeight
      let tileRowCount = min(bands.bandHeight, tiling.rowCount - first)
      let firstRow: Int = first * rows.outputExtent - conv.padTop
      let lastRow: Int = firstRow + (tileRowCount - 1) * rows.outputExtent
      store.cover(firstRow..<lastRow + rows.inputExtent) { rows, planes in
        for pair in 0..<producerPairCount {
          var planes = planes
          planes.origin += producer.blocks(ofPair: pair).lowerBound * planes.vectorStride
          producer.compute(image: image, rows: rows, pair: pair, into: planes)
        }
      }
      let firstTile: Int = (image * tiling.rowCount + first) * tiling.columnCount
      let blocks = EvenSplit(
        total: tileRowCount * tiling.columnCount, maximumSize: conv.tilesPerBlock)
      for block in 0..<blocks.partCount {
        let tiles = blocks[block]
        consumer.compute(
          tiles: firstTile + tiles.lowerBound..<firstTile + tiles.upperBound, from: reader,
          tiles.lowerBound, workspace: workspace + bands.storeByteCount)
      }
    }
  }
}
