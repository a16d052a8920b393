import Tensors

/// `tessera.WindowGemm`: a fully connected layer at every position of an image, `activation(w · W + bias)`
/// for the elements w of each window. It is a convolution of stride 1 without padding whose weights are a
/// matrix.
///
/// Inputs: images `[N, C, H, W]`; weights `[K, O]` or, with `transB`, `[O, K]`, where K counts the
/// elements C·kh·kw of a window in the order channel, row, column; optional bias `[O]`. Output
/// `[N, O, H − kh + 1, W − kw + 1]`.
package struct WindowGemmParameters: Sendable, Equatable {
  /// Rows and columns of a window.
  package var kernel: [Int]
  package var gemm: FusedGemmParameters

  package init(kernel: [Int], gemm: FusedGemmParameters) {
    self.kernel = kernel
    self.gemm = gemm
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    self.init(
      kernel: try WindowAttributes(node).kernel,
      gemm: try FusedGemmParameters(node, in: graph, opsetVersion: opsetVersion))
  }

  /// The attributes of a node with these parameters.
  package var attributes: [String: Attribute] {
    var attributes = gemm.attributes
    attributes["kernel_shape"] = .ints(kernel.map { Int64($0) })
    return attributes
  }
}

extension Operator {
  static let windowGemm = Operator(
    "WindowGemm", domain: "tessera",
    forms: [
      OperatorForm(
        inputs: 2...3, attributes: ["activation", "high", "kernel_shape", "low", "trans_b"])
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let parameters = try WindowGemmParameters(node, in: graph, opsetVersion: opsetVersion)
      let (elementType, input) = try graph.imageType(0, of: node)
      let weights = try graph.inputType(1, of: node)
      try node.checkSameElementType(elementType, weights, "weights")
      guard (weights.dimensions?.count ?? 2) == 2 else {
        throw node.invalid("its weights must be a matrix, but are \(weights)")
      }
      let rows = weights.dimensions?[0] ?? .unknown
      let columns = weights.dimensions?[1] ?? .unknown
      let (depth, width) = parameters.gemm.transB ? (columns, rows) : (rows, columns)
      let window = [input[1]] + parameters.kernel.map(Dimension.fixed)
      guard window.product.mayEqual(depth) else {
        throw node.invalid(
          "windows of \(listDescription(parameters.kernel)) of its input "
            + "\(TensorType(elementType, input)) do not fit its weights \(weights)")
      }
      if let bias = try graph.optionalInputType(2, of: node) {
        try node.checkSameElementType(elementType, bias, "bias")
        try node.checkVector(bias, count: width, "bias")
      }
      let extents = try WindowAttributes(node)
        .outputDimensions(for: Array(input.suffix(2)), of: node)
      return [TensorType(elementType, [input[0], width] + extents)]
    })
}
