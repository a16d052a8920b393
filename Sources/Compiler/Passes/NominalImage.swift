import GraphIR
import Tensors

/// The image input of a network whose size dense evaluation opens, and the size that it had.
package struct NominalImage: Sendable, Equatable {
  /// The graph input, of type `[N, C, height, width]`.
  package let input: String
  /// Rows of pixels.
  package let height: Int
  /// Columns of pixels.
  package let width: Int
  /// Whether fully connected layers span images of that size: smaller ones have no room for them.
  package let hasClassifier: Bool

  /// The input that the first fully connected layer depends on; without such layers the one that the outputs
  /// depend on.
  ///
  /// Nil if there are no such layers and its size is open as it is.
  ///
  /// - Throws: `unsupported` if there is no such input or more than one, or its height and width are not fixed.
  init?(of graph: Graph) throws(TesseraError) {
    let layer = graph.nodes.first(where: \.isMatrixProduct)
    hasClassifier = layer != nil
    let images = graph.imageInputs(above: layer.map { [$0.inputs[0]] } ?? graph.outputs)
    guard let input = images.first, images.count == 1 else {
      let found = images.isEmpty ? "none" : images.map { "'\($0)'" }.joined(separator: ", ")
      throw TesseraError(
        .unsupported,
        "dense evaluation needs one image input [N, C, H, W] that \(layer == nil ? "the outputs depend" : "it depends") on, found \(found)",
        at: layer?.location)
    }
    guard let type = graph.types[input], let dimensions = type.dimensions,
      let extents = Array(dimensions.suffix(2)).fixedValues
    else {
      guard hasClassifier else { return nil }
      throw TesseraError(
        .unsupported,
        "dense evaluation needs the height and width that the classifier was trained at, but the input is \(graph.types[input].map { "\($0)" } ?? "unknown")",
        at: .value(input))
    }
    self.input = input
    (height, width) = (extents[0], extents[1])
  }

  /// Checks that an image of another size is at least as large.
  ///
  /// - Parameter shape: `[N, C, height, width]`.
  package func requireCovered(by shape: [Int]) throws(TesseraError) {
    guard hasClassifier, shape.count == 4, shape[2] < height || shape[3] < width else { return }
    throw TesseraError(
      .invalidUsage,
      "expected images of at least \(height)x\(width), the network's own size, found \(shape[2])x\(shape[3])",
      at: .value(input))
  }
}

extension Node {
  /// True for `Gemm` and `MatMul`.
  var isMatrixProduct: Bool { isStandard("Gemm") || isStandard("MatMul") }

  /// The inputs that an image may come through: of an operator with weights or parameters the first.
  fileprivate var dataInputs: [String] {
    ["Add", "Sub", "Mul", "Div", "Concat"].contains(operatorName) ? inputs : Array(inputs.prefix(1))
  }
}

extension Graph {
  /// The graph inputs of four dimensions that `values` are computed from, in the graph's order.
  fileprivate func imageInputs(above values: [String]) -> [String] {
    var reached = Set(values)
    for node in nodes.reversed() where node.outputs.contains(where: reached.contains) {
      reached.formUnion(node.dataInputs)
    }
    return inputs.filter { reached.contains($0) && types[$0]?.dimensions?.count == 4 }
  }
}
