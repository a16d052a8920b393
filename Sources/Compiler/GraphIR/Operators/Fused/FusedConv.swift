import PointwisePrograms
import Tensors

/// `tessera.Conv`: a convolution with bias, activation and 2×2 max-pooling in one step.
///
/// Inputs: images `[N, inC, H, W]`, weights `[outC, inC/group, kh, kw]`, optional bias `[outC]`, then the
/// operands of the epilogue, which broadcast to the result.
package struct FusedConvParameters: Sendable, Equatable {
  package var convolution: ConvParameters
  package var activation: FusedActivation
  /// A max-pooling of 2×2 windows with stride 2 follows the activation; an odd last row or column
  /// is dropped.
  package var poolsMax2x2: Bool
  /// What is computed of each activated result, value 0, and the operands, values from 1 on; not
  /// together with pooling.
  package var epilogue: PointwiseProgram?

  package init(
    convolution: ConvParameters, activation: FusedActivation = .identity,
    poolsMax2x2: Bool = false, epilogue: PointwiseProgram? = nil
  ) {
    self.convolution = convolution
    self.activation = activation
    self.poolsMax2x2 = poolsMax2x2
    self.epilogue = epilogue
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    self.init(
      convolution: try ConvParameters(node, in: graph, opsetVersion: opsetVersion),
      activation: try FusedActivation(node),
      poolsMax2x2: try node.flagAttribute("max_pool_2x2"),
      epilogue: try node.epilogueProgram())
    guard epilogue == nil || !poolsMax2x2 else {
      throw node.invalid("it has an epilogue and pools; only one of the two is supported")
    }
  }

  /// The attributes of a node with these parameters.
  package var attributes: [String: Attribute] {
    var attributes = activation.attributes
    let lists = [
      "kernel_shape": convolution.kernel, "strides": convolution.strides,
      "dilations": convolution.dilations, "pads": convolution.padsBegin + convolution.padsEnd,
    ]
    for (name, values) in lists { attributes[name] = .ints(values.map { Int64($0) }) }
    attributes["group"] = .int(Int64(convolution.group))
    attributes["max_pool_2x2"] = .int(poolsMax2x2 ? 1 : 0)
    if let epilogue { attributes["epilogue"] = Attribute(epilogue) }
    return attributes
  }
}

extension Operator {
  static let fusedConv = Operator(
    "Conv", domain: "tessera",
    forms: [
      OperatorForm(
        inputs: 2...3,
        attributes: [
          "activation", "dilations", "group", "high", "kernel_shape", "low", "max_pool_2x2",
          "pads", "strides",
        ])
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let fused = try FusedConvParameters(node, in: graph, opsetVersion: opsetVersion)
      var type = try ConvParameters.outputType(of: node, in: graph)
      guard fused.poolsMax2x2, let dimensions = type.dimensions else { return [type] }
      var pooled = Array(dimensions.prefix(2))
      for dimension in dimensions.dropFirst(2) {
        guard let extent = dimension.value else {
          pooled.append(.unknown)
          continue
        }
        guard extent >= 2 else {
          throw node.invalid(
            "the 2x2 pooling window that makes '\(node.outputs[0])' of it does not fit into \(type)"
          )
        }
        pooled.append(.fixed(extent / 2))
      }
      type.dimensions = pooled
      return [type]
    }
  )
  .takingEpilogue()
}
