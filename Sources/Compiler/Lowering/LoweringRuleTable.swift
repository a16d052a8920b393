import GraphIR

/// Every lowering rule, by operator.
enum LoweringRuleTable {
  static let all: [LoweringRule] = {
    let computing: [LoweringRule] = [
      .fusedConv, .convWeightGradient, .fusedGemm, .windowGemm, .gemm, .matMul, .maxPool,
      .maxPoolGradient, .averagePool, .lrn,
      .channelNormalization,
      .layerNormalization, .lpNormalization, .meanVarianceNormalization,
      .softmax, .logSoftmax, .cast,
    ]
    let moving: [LoweringRule] = [
      .channelShuffle, .concat, .depthToSpace, .dropout, .expand, .gather, .interleave, .pad,
      .phaseWeights,
      .slice, .spaceToDepth, .split, .tile, .transpose,
    ]
    let rules =
      computing + moving + LoweringRule.reductions + LoweringRule.groupNormalizations
      + LoweringRule.pointwiseRules + LoweringRule.viewRules + LoweringRule.resizing
    let withEpilogue = Set(OperatorRegistry.withEpilogue.map(\.name))
    return rules
      + rules.filter { $0.domain.isEmpty && withEpilogue.contains($0.operatorName) }
      .map(\.takingEpilogue)
  }()

  private static let byName: [String: LoweringRule] = Dictionary(
    all.map { ("\($0.domain).\($0.operatorName)", $0) }
  ) { first, _ in first }

  static func find(_ node: Node) -> LoweringRule? {
    let domain = node.domain == "ai.onnx" ? "" : node.domain
    return byName["\(domain).\(node.operatorName)"]
  }
}
