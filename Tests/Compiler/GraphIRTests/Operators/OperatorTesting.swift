import Tensors
import Testing

@testable import GraphIR

/// A graph in the textual syntax, without the surrounding model.
struct TextGraph: Sendable {
  var opsetVersion = 21
  var inputs = ""
  var constants = ""
  var outputs = ""
  var nodes: String

  init(_ nodes: String, inputs: String = "", constants: String = "", opset: Int = 21) {
    self.nodes = nodes
    self.inputs = inputs
    self.constants = constants
    opsetVersion = opset
  }

  /// The graph as it is read, its types not yet inferred.
  func parsed() throws -> Graph {
    let constants = constants.isEmpty ? "" : "<\(constants)>"
    return try Model(
      onnxText: """
        <ir_version: 10, opset_import: ["": \(opsetVersion), "tessera": 1]>
        g (\(inputs)) => (\(outputs)) \(constants) { \(nodes) }
        """
    ).graph
  }

  /// The graph with its types.
  func inferred() throws -> Graph {
    var graph = try parsed()
    try graph.inferTypes(opsetVersion: opsetVersion)
    return graph
  }

  /// The type of a value, as text.
  func type(of value: String = "y") throws -> String? {
    try inferred().types[value]?.description
  }

  /// The messages of the errors that inference throws.
  func errors() throws -> [String] {
    let graph = try parsed()
    let error = #expect(throws: TesseraError.self) {
      var copy = graph
      try copy.inferTypes(opsetVersion: opsetVersion)
    }
    return error?.diagnostics.map(\.description) ?? []
  }

  /// All nodes evaluated in order; their results by name.
  func evaluated() throws -> [String: Tensor] {
    let graph = try parsed()
    var values: [String: Tensor] = [:]
    for name in graph.constants.names { values[name] = graph.constants[name] }
    for node in graph.nodes {
      let evaluate = try #require(OperatorRegistry.find(node)?.evaluate)
      let results = try evaluate(node, node.inputs.map { values[$0] }, opsetVersion)
      for (name, result) in zip(node.outputs, results) { values[name] = result }
    }
    return values
  }

  /// The elements of a result.
  func elements<Scalar: TensorScalar>(
    of value: String = "y", as type: Scalar.Type = Scalar.self
  ) throws -> [Scalar] {
    let tensor = try #require(try evaluated()[value])
    return try #require(tensor.values(as: type))
  }
}
