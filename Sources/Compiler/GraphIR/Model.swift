/// A graph with what surrounds it in a model file (ONNX `ModelProto`).
package struct Model: Sendable {
  package var graph: Graph
  /// Operator set versions by domain; "" is ONNX's own domain.
  package var opsetVersions: [String: Int]
  package var irVersion: Int
  package var producerName = ""
  package var producerVersion = ""
  package var domain = ""
  package var modelVersion: Int64 = 0
  package var docString = ""
  package var metadata: [(key: String, value: String)] = []

  package init(graph: Graph, opsetVersion: Int, irVersion: Int) {
    self.graph = graph
    self.opsetVersions = ["": opsetVersion]
    self.irVersion = irVersion
  }

  /// The IR version that a file of this model states: constants that are no inputs need the fourth.
  package var writtenIRVersion: Int { graph.constants.count > 0 ? max(4, irVersion) : irVersion }

  /// The inputs that a file of this model lists. Before the fourth IR version all constants are inputs,
  /// and none a default.
  package var writtenInputs: [String] {
    irVersion < 4 ? graph.inputs : graph.inputs + graph.defaults
  }

  /// The version of ONNX's own operator set that the graph is written in; 0 if none is declared.
  package var opsetVersion: Int { opsetVersions[""] ?? opsetVersions["ai.onnx"] ?? 0 }
}
