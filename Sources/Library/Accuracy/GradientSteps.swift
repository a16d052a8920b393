import GraphIR
import PointwisePrograms
import Tensors

/// What of a differentiated graph jumps, however little a value changes: a gradient passes a ReLU or not, and goes
/// to one element of a window or to another. How far two computations of such a value are apart says nothing of
/// how they round.
struct GradientSteps: Sendable {
  /// The values by which is decided, in the order of the graph. None of them jumps.
  private(set) var deciding: [String] = []
  /// The outputs that jump.
  private(set) var outputs: [String] = []

  /// - Parameter graph: as the model has it. Only differentiation makes such nodes there.
  init(_ graph: Graph) {
    var jumping: Set<String> = []
    for node in graph.nodes {
      let decided = node.decidingInputs.filter { graph.constants[$0] == nil }
      deciding += decided.filter { !jumping.contains($0) }
      if !decided.isEmpty || node.inputs.contains(where: jumping.contains) {
        jumping.formUnion(node.outputs)
      }
    }
    deciding = deciding.uniqued
    outputs = graph.outputs.uniqued.filter(jumping.contains)
  }
}

extension Node {
  /// The inputs by whose signs or order the node decides.
  fileprivate var decidingInputs: [String] {
    guard domain == "tessera" else { return [] }
    switch operatorName {
    case "MaxPoolGradient": return Array(inputs.prefix(1))
    case "Pointwise":
      let program = try? programAttribute("program", inputCount: inputs.count)
      return program?.decidingInputs.map { inputs[$0] } ?? []
    default: return []
    }
  }
}
