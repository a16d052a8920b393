import Frontend
import GraphIR
import Tensors

/// Networks of Caffe as the tests write them.
enum CaffeFixture {
  /// Reads a network: one input `data` of shape [10, 3, 8, 8], then `layers`.
  static func model(_ layers: String) throws(TesseraError) -> Model {
    try read("name: 'n' input: 'data' input_dim: [10, 3, 8, 8] \(layers)")
  }

  static func read(_ text: String) throws(TesseraError) -> Model {
    try ModelReader.read(onnx: Array(text.utf8))
  }

  /// The nodes as `name: output = operator (inputs)`, weights left out.
  static func nodes(_ model: Model) -> [String] {
    model.graph.nodes.map { node in
      let inputs = node.inputs.filter { !$0.hasSuffix("_weight") && !$0.hasSuffix("_bias") }
      return
        "\(node.name): \(node.outputs[0]) = \(node.operatorName) (\(inputs.joined(separator: ", ")))"
    }
  }

  /// What is thrown for these layers, one line a problem.
  static func problems(_ layers: String) -> (kind: TesseraError.Kind?, lines: [String]) {
    do throws(TesseraError) {
      _ = try model(layers)
      return (nil, [])
    } catch {
      return (error.kind, error.diagnostics.map(\.description))
    }
  }
}
