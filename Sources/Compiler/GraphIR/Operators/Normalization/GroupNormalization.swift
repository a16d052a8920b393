import Tensors

/// ONNX `GroupNormalization` and `InstanceNormalization`:
/// `y = (x − mean) / √(variance + epsilon) · scale + bias` on x `[N, C, …]`, mean and variance over each
/// group of neighbouring channels of an element of the batch, of an instance over each channel. Scale and
/// bias have a number a channel; before opset 21 those of `GroupNormalization` a number a group.
package struct GroupNormalizationParameters: Sendable, Equatable {
  /// Groups of channels; nil for one a channel.
  package var groupCount: Int?
  package var epsilon: Float
  /// True if scale and bias have a number a group.
  package var scalesGroups: Bool

  package init(_ node: Node, opsetVersion: Int) throws(TesseraError) {
    epsilon = try node.floatAttribute("epsilon", default: 1e-5)
    guard node.operatorName == "GroupNormalization" else {
      scalesGroups = false
      return
    }
    scalesGroups = opsetVersion < 21
    let count = try node.require(try node.intAttribute("num_groups"), attribute: "num_groups")
    guard count > 0 else { throw node.invalid("the attribute 'num_groups' is \(count)") }
    groupCount = count
  }
}

extension Operator {
  static let groupNormalization = normalizationOfGroups(
    "GroupNormalization",
    forms: [
      OperatorForm(since: 18, inputs: 3...3, attributes: ["epsilon", "num_groups"]),
      OperatorForm(
        since: 21, inputs: 3...3, attributes: ["epsilon", "num_groups", "stash_type"]),
    ])

  /// `GroupNormalization` or `InstanceNormalization`.
  static func normalizationOfGroups(_ name: String, forms: [OperatorForm]) -> Operator {
    Operator(
      name, forms: forms,
      inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
        let parameters = try GroupNormalizationParameters(node, opsetVersion: opsetVersion)
        let input = try graph.inputType(0, of: node)
        try node.checkFloatingPoint(input)
        guard (input.dimensions?.count ?? 2) >= 2 else {
          throw node.invalid("its input must have at least 2 dimensions, but is \(input)")
        }
        let channels = input.dimensions?[1] ?? .unknown
        if let groups = parameters.groupCount, let count = channels.value, count % groups != 0 {
          throw node.invalid("\(groups) groups do not divide the \(count) channels of \(input)")
        }
        let groups = parameters.groupCount.map(Dimension.fixed) ?? channels
        for (index, label) in [(1, "scale"), (2, "bias")] {
          let type = try graph.inputType(index, of: node)
          try node.checkSameElementType(input.elementType, type, label)
          try node.checkVector(type, count: parameters.scalesGroups ? groups : channels, label)
        }
        return [input]
      })
  }
}
