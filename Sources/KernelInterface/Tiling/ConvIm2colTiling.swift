/// How the im2col convolution is cut: an item multiplies the weights of one group by a tile of the
/// gathered columns of one image.
package struct ConvIm2colTiling: Sendable, Equatable {
  /// Elements of the gathered tile that a tile aims at, 1 MiB: the L2 cache twice over, since a
  /// narrower tile makes OpenBLAS repack the weights more often. To tune it, time `tessera bench` on a
  /// model whose convolutions have several groups.
  static let tileElementCount = 1 << 18
  static let columnRange = 32...1024

  /// Rows of the gathered matrix: input channels of a group times the window's elements.
  package let depth: Int
  /// Output pixels of an image.
  package let pixelCount: Int
  /// Output pixels of a tile.
  package let tileWidth: Int
  package let tileCount: Int

  /// The tiling of a descriptor that `requirements()` accepts.
  package init(_ conv: ConvIm2colDescriptor) {
    depth =
      conv.input.channels / conv.groups * conv.window.kernelHeight * conv.window.kernelWidth
    pixelCount = conv.output.height * conv.output.width
    let wanted = Self.tileElementCount / max(1, depth)
    tileWidth = min(
      max(wanted, Self.columnRange.lowerBound), Self.columnRange.upperBound, max(1, pixelCount))
    tileCount = ceilingQuotient(pixelCount, tileWidth)
  }

  package var workspaceByteCount: Int { depth * tileWidth * MemoryLayout<Float>.size }
}
