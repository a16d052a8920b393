import GraphIR
import Tensors

extension Pass {
  /// Removes nodes whose output equals their input.
  ///
  /// ```
  /// d = Dropout (x)
  /// y = Relu (d)
  ///   →
  /// y = Relu (x)
  /// ```
  ///
  /// These are: `Identity`; `Dropout` at inference without a wanted mask; `Cast` to the type that the
  /// value has; `Transpose` without a change of order; `Reshape`, `Flatten` and `Squeeze` to the
  /// shape that the value has; `Pad` by nothing; `Concat` of one input; `Slice` of everything;
  /// `GlobalAveragePool` and `GlobalMaxPool` of single elements; and `MaxPool` and `AveragePool` of 1×1 windows with
  /// stride 1 and no padding, as adaptive pooling is exported where the extents already fit. Uses of the output read the input instead; where the
  /// output is an output of the graph, the input takes its name, and if the input has to keep its own
  /// the node stays. Runs after `fold-constants`, which makes shapes and pads known.
  static let eliminateIdentities = Pass("eliminate-identities") { index, rewriter, opsetVersion in
    guard let node = rewriter[index], node.isStandard, let source = node.input(0),
      node.outputs.dropFirst().allSatisfy(rewriter.isUnused),
      let rule = identityRules[node.operatorName],
      rule(node, rewriter.graph, opsetVersion)
    else { return }
    _ = rewriter.bypass(index, with: source)
  }
}

/// By operator: true if the first output of such a node is known to equal its first input.
private let identityRules: [String: @Sendable (Node, Graph, Int) -> Bool] = [
  "Identity": { _, _, _ in true },
  "Dropout": { node, graph, version in
    (try? DropoutParameters(node, in: graph, opsetVersion: version))?.isInference == true
  },
  "Cast": { node, graph, _ in
    graph.type(of: node.inputs[0])?.elementType == graph.type(of: node.outputs[0])?.elementType
      && graph.type(of: node.inputs[0]) != nil
  },
  "Transpose": { node, graph, version in
    guard let transpose = try? TransposeParameters(node, in: graph, opsetVersion: version)
    else { return false }
    return transpose.permutation == Array(transpose.permutation.indices)
  },
  "Reshape": { node, graph, _ in keepsShape(node, graph) },
  "Flatten": { node, graph, _ in keepsShape(node, graph) },
  "Squeeze": { node, graph, _ in keepsShape(node, graph) },
  "Pad": { node, graph, version in
    guard let pad = try? PadParameters(node, in: graph, opsetVersion: version) else {
      return false
    }
    return (pad.before + pad.after).allSatisfy { $0 == 0 }
  },
  "Concat": { node, _, _ in node.inputs.count == 1 },
  "Slice": { node, graph, version in
    guard let slice = try? SliceParameters(node, in: graph, opsetVersion: version) else {
      return false
    }
    return slice.steps.allSatisfy { $0 == 1 } && keepsShape(node, graph)
  },
  "GlobalAveragePool": { node, graph, _ in keepsShape(node, graph) },
  "GlobalMaxPool": { node, graph, _ in keepsShape(node, graph) },
  "MaxPool": { node, graph, version in isUnitPool(node, graph, version) },
  "AveragePool": { node, graph, version in isUnitPool(node, graph, version) },
]

/// True if the shapes of input and output are known to be equal.
private func keepsShape(_ node: Node, _ graph: Graph) -> Bool {
  guard let input = graph.type(of: node.inputs[0])?.dimensions,
    let output = graph.type(of: node.outputs[0])?.dimensions
  else { return false }
  return input == output && !input.contains(.unknown)
}

private func isUnitPool(_ node: Node, _ graph: Graph, _ opsetVersion: Int) -> Bool {
  guard let pool = try? PoolParameters(node, in: graph, opsetVersion: opsetVersion) else {
    return false
  }
  return pool.kernel == [1, 1] && pool.strides == [1, 1] && pool.padsBegin == [0, 0]
    && pool.padsEnd == [0, 0]
}
