import Tensors

/// The parameters of `MaxPool` and `AveragePool` on images `[N, C, H, W]`.
package struct PoolParameters: Sendable, Equatable {
  /// The window's extents in elements: rows, columns.
  package var kernel: [Int]
  package var strides: [Int]
  package var dilations: [Int]
  /// Padding before the first row and column, in elements.
  package var padsBegin: [Int]
  /// Padding after the last row and column, in elements.
  package var padsEnd: [Int]
  /// Rounds the number of windows up, where the last one starts inside the image or in the padding
  /// before it.
  package var ceilMode: Bool
  /// An average divides by the window's full size, padding included (`count_include_pad`).
  package var countsPadding: Bool

  package init(
    kernel: [Int], strides: [Int] = [1, 1], dilations: [Int] = [1, 1], padsBegin: [Int] = [0, 0],
    padsEnd: [Int] = [0, 0], ceilMode: Bool = false, countsPadding: Bool = false
  ) {
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padsBegin = padsBegin
    self.padsEnd = padsEnd
    self.ceilMode = ceilMode
    self.countsPadding = countsPadding
  }

  /// Reads a `MaxPool` or `AveragePool` node of any opset version.
  ///
  /// - Throws: `unsupported` where `auto_pad` is SAME and the input's extents are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let window = try WindowAttributes(node)
    self.init(
      kernel: window.kernel, strides: window.strides, dilations: window.dilations,
      ceilMode: window.ceilMode, countsPadding: try node.flagAttribute("count_include_pad"))
    switch window.padding {
    case .explicit(let begin, let end): (padsBegin, padsEnd) = (begin, end)
    case .sameUpper, .sameLower:
      let pads = try graph.imageExtents(0, of: node).enumerated().map {
        window.pads($0.offset, extent: $0.element)
      }
      (padsBegin, padsEnd) = (pads.map(\.begin), pads.map(\.end))
    }
  }

  /// The rows and columns of the output for an input of `extents` rows and columns; 0 where not
  /// even one window fits.
  package func outputExtents(for extents: [Int]) -> [Int] {
    var window = WindowAttributes(
      kernel: kernel, strides: strides, dilations: dilations,
      padding: .explicit(begin: padsBegin, end: padsEnd))
    window.ceilMode = ceilMode
    return extents.enumerated().map { window.outputExtent($0.offset, extent: $0.element) }
  }

  /// The type of a pooled image.
  ///
  /// - Throws: `unsupported` where a window lies in the padding as a whole, so that there is nothing
  ///   to pool.
  static func outputType(of node: Node, in graph: Graph) throws(TesseraError) -> TensorType {
    let (elementType, input) = try graph.imageType(0, of: node)
    let window = try WindowAttributes(node)
    let spatial = try window.outputDimensions(for: Array(input.suffix(2)), of: node)
    for (index, dimension) in input.suffix(2).enumerated() {
      if let extent = dimension.value, window.mayCoverPaddingAlone(index, extent: extent) {
        throw node.unsupported(
          "a pooling window lies in the padding as a whole, which is not supported")
      }
    }
    return TensorType(elementType, Array(input.prefix(2)) + spatial)
  }
}
