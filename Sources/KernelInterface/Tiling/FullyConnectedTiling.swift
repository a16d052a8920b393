/// How a fully connected layer is cut: an item computes one panel of outputs for a block of rows.
package struct FullyConnectedTiling: Sendable, Equatable {
  /// Rows of a block, a multiple of the register tile's 6: as many as keep the partial sums of a panel
  /// (64 bytes a row) beside the weights of a pass in the L1 cache.
  static let maximumBlockHeight = 96

  package let blockHeight: Int
  package let blockCount: Int

  package init(_ layer: FullyConnectedDescriptor) {
    blockHeight = max(1, min(layer.rowCount, Self.maximumBlockHeight))
    blockCount = ceilingQuotient(layer.rowCount, blockHeight)
  }

  /// Partial sums of one panel for one block of rows.
  package var workspaceByteCount: Int {
    blockHeight * OutputPanels.fullWidth * MemoryLayout<Float>.size
  }
}
