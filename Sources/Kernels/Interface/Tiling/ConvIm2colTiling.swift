/// How the im2col convolution is cut: an item multiplies the weights of one group by a tile of the
/// gathered columns of one image, gathered in blocks of `ColumnPanels`.
package struct ConvIm2colTiling: Sendable, Equatable {
  /// Output pixels of a tile: a block of columns takes 256 KiB of the L2 cache. To tune it, time
  /// `tessera bench --steps` on a model whose convolutions have several groups.
  static let maximumTileWidth = 256

  /// Rows of the gathered matrix: input channels of a group times the window's elements.
  package let depth: Int
  /// Output pixels of an image.
  package let pixelCount: Int
  /// The pixels, cut into tiles.
  package let tiles: EvenSplit

  /// The tiling of a descriptor that `requirements()` accepts.
  package init(_ conv: ConvIm2colDescriptor) {
    depth =
      conv.input.channels / conv.groups * conv.window.kernelHeight * conv.window.kernelWidth
    pixelCount = conv.output.height * conv.output.width
    tiles = EvenSplit(total: pixelCount, maximumSize: Self.maximumTileWidth)
  }

  /// Pixels of the widest tile.
  private var tileWidth: Int { min(pixelCount, Self.maximumTileWidth) }

  /// Elements from the start of the workspace, where one row of columns is gathered, to the block.
  package var blockOffset: Int { roundUp(tileWidth, toMultipleOf: ColumnPanels.width) }

  package var workspaceByteCount: Int {
    (blockOffset + ColumnPanels.workspaceElementCount(depth: depth, columnCount: tileWidth))
      * MemoryLayout<Float>.size
  }
}
