import GraphIR

extension GradientRule {
  /// All rules, by the names of their operators.
  package static let all: [GradientRule] = [
    .abs,
    .add,
    .averagePool,
    .batchNormalization,
    .cast,
    .clip,
    .concat,
    .conv,
    .div,
    .dropout,
    .erf,
    .exp,
    .flatten,
    .gelu,
    .gemm,
    .globalAveragePool,
    .groupNormalization,
    .hardSigmoid,
    .hardSwish,
    .identity,
    .instanceNormalization,
    .layerNormalization,
    .leakyRelu,
    .log,
    .logSoftmax,
    .lrn,
    .matMul,
    .maxPool,
    .mish,
    .mul,
    .neg,
    .pad,
    .pow,
    .reduceMean,
    .reduceSum,
    .relu,
    .reshape,
    .sigmoid,
    .slice,
    .softmax,
    .softplus,
    .split,
    .sqrt,
    .squeeze,
    .sub,
    .swish,
    .tanh,
    .transpose,
    .unsqueeze,
  ]

  /// The rule for a node; nil if there is none.
  static func find(_ node: Node) -> GradientRule? {
    node.isStandard ? byName[node.operatorName] : nil
  }

  private static let byName: [String: GradientRule] = Dictionary(
    all.map { ($0.operatorName, $0) }
  ) { first, _ in first }
}
