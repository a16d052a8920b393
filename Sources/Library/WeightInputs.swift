import GraphIR
import Tensors

/// The inputs of a graph that are weights of convolutions and matrix products.
struct WeightInputs {
  /// In the order of the nodes.
  private(set) var names: [String] = []
  /// Products in each result that is made with them, by name.
  private(set) var productCounts: [String: Int] = [:]

  /// Where nodes have their weights.
  private static let indices = ["Conv": 1, "PhaseWeights": 0, "Gemm": 1, "MatMul": 1]

  fileprivate init(_ graph: Graph) {
    let inputs = Set(graph.inputs)
    for node in graph.nodes {
      guard let index = Self.indices[node.operatorName], let name = node.input(index),
        inputs.contains(name), productCounts[name] == nil,
        let shape = graph.type(of: name)?.shape, shape.rank >= 2
      else { continue }
      names.append(name)
      productCounts[name] = max(1, shape.elementCount / max(1, Self.outputCount(node, shape)))
    }
  }

  private static func outputCount(_ node: Node, _ weights: Shape) -> Int {
    switch node.operatorName {
    case "Conv": return weights[0]
    case "PhaseWeights": return weights[1]
    default:
      let isTransposed = ["transB", "trans_b"].contains { (try? node.flagAttribute($0)) == true }
      return weights[weights.rank - (isTransposed ? 2 : 1)]
    }
  }

  /// What the compiler wants the user to know of them; nil if there are none.
  var note: String? {
    guard !names.isEmpty else { return nil }
    let listed = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    let others = names.count > 4 ? " and \(names.count - 4) more" : ""
    return
      "the weights \(listed)\(others) are inputs of every run; --weights binds graph inputs"
  }
}

extension Graph {
  var weightInputs: WeightInputs { WeightInputs(self) }
}
