import Tensors

/// How a fully connected layer is cut: an item computes one group of outputs for a block of rows.
///
/// A block is a run of register tiles of rows, computed in passes over the inputs. Several rows are
/// first packed in the order in which the passes read them: `[pass][tile][input][row of the tile]`. A pass goes
/// through the panels of the group, as wide as register tiles, one after the other.
package struct FullyConnectedTiling: Sendable, Equatable {
  /// Tiles of a block: as many as keep the partial sums of a panel (64 bytes a row) beside the weights
  /// of two passes in the L1 cache.
  private static let maximumTilesPerBlock = 16
  /// Inputs of a pass: 8 KiB of weights a panel, so that those of the next panel fit in the L1 cache too. Sums are
  /// formed from zero in each pass, which also bounds their rounding error. A multiple of 64, by which single rows
  /// tell zeros. To tune it, run `KernelBenchmark --layer fc6`, also with `--batch 8` and `--batch 64`.
  package static let passInputCount = 128

  private let rowCount: Int
  private let inputCount: Int
  /// Outputs of the largest group.
  private let groupWidth: Int
  /// Rows in register tiles.
  package let tiles: EvenSplit
  /// Tiles in blocks.
  package let blocks: EvenSplit

  package init(_ layer: FullyConnectedDescriptor) {
    rowCount = layer.rowCount
    inputCount = layer.inputCount
    groupWidth = min(OutputGroups.fullWidth, layer.outputGroups.paddedOutputCount)
    tiles = EvenSplit(total: rowCount, maximumSize: ColumnPanels.maximumTileHeight)
    blocks = EvenSplit(total: tiles.partCount, maximumSize: Self.maximumTilesPerBlock)
  }

  /// A single row is read as it lies.
  package var packsRows: Bool { rowCount > 1 }

  /// One for a layer without inputs.
  package var passCount: Int { max(1, ceilingQuotient(inputCount, Self.passInputCount)) }

  package func inputs(ofPass pass: Int) -> Range<Int> {
    let start = pass * Self.passInputCount
    return start..<min(inputCount, start + Self.passInputCount)
  }

  package func rows(ofBlock block: Int) -> Range<Int> {
    let tiles = blocks[block]
    return self.tiles.start(ofPart: tiles.lowerBound)..<self.tiles.start(ofPart: tiles.upperBound)
  }

  /// Elements from the start of the packed rows to what `pass` reads of the tile that starts with `row`.
  package func packedOffset(ofPass pass: Int, row: Int) -> Int {
    let inputs = inputs(ofPass: pass)
    return inputs.lowerBound * rowCount + row * inputs.count
  }

  /// Bytes of the packed rows.
  ///
  /// - Throws: `TesseraError` where they do not fit in 62 bits.
  package func packedRowsByteCount() throws(TesseraError) -> Int {
    packsRows ? try checkedProduct(rowCount, inputCount, MemoryLayout<Float>.size) : 0
  }

  /// Bytes of the partial sums of one group for one block of rows, a multiple of 64.
  package var sumsByteCount: Int {
    let rowCount = min(rowCount, Self.maximumTilesPerBlock * ColumnPanels.maximumTileHeight)
    return roundUp(rowCount * groupWidth * MemoryLayout<Float>.size, toMultipleOf: 64)
  }

  /// Partial sums, then, for several rows, the weights of a panel in one pass as float32.
  package var workspaceByteCount: Int {
    let widenedCount = packsRows ? Self.passInputCount * OutputPanels.fullWidth : 0
    return sumsByteCount + widenedCount * MemoryLayout<Float>.size
  }
}
