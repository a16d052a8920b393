/// All operators that we support.
package enum OperatorRegistry {
  /// The versions of ONNX's own operator set whose models we read.
  package static let opsetVersions = 7...28

  package static let all = listed + withEpilogue

  private static let listed: [Operator] = [
    .abs,
    .add,
    .and,
    .argMax,
    .argMin,
    .averagePool,
    .batchNormalization,
    .cast,
    .ceil,
    .celu,
    .clip,
    .concat,
    .constant,
    .constantOfShape,
    .conv,
    .convTranspose,
    .cos,
    .depthToSpace,
    .div,
    .dropout,
    .elu,
    .equal,
    .erf,
    .exp,
    .expand,
    .flatten,
    .floor,
    .gather,
    .gelu,
    .gemm,
    .globalAveragePool,
    .globalMaxPool,
    .greater,
    .greaterOrEqual,
    .groupNormalization,
    .hardSigmoid,
    .hardSwish,
    .identity,
    .instanceNormalization,
    .isInf,
    .isNaN,
    .layerNormalization,
    .leakyRelu,
    .less,
    .lessOrEqual,
    .log,
    .logSoftmax,
    .lpNormalization,
    .lrn,
    .matMul,
    .maximum,
    .maxPool,
    .mean,
    .meanVarianceNormalization,
    .minimum,
    .mish,
    .mod,
    .mul,
    .neg,
    .not,
    .or,
    .pad,
    .pow,
    .pRelu,
    .range,
    .reciprocal,
    .reduceL1,
    .reduceL2,
    .reduceLogSum,
    .reduceLogSumExp,
    .reduceMax,
    .reduceMean,
    .reduceMin,
    .reduceProd,
    .reduceSum,
    .reduceSumSquare,
    .relu,
    .reshape,
    .resize,
    .round,
    .selu,
    .shape,
    .shrink,
    .sigmoid,
    .sign,
    .sin,
    .size,
    .slice,
    .softmax,
    .softplus,
    .softsign,
    .spaceToDepth,
    .split,
    .sqrt,
    .squeeze,
    .sub,
    .sum,
    .swish,
    .tanh,
    .thresholdedRelu,
    .tile,
    .transpose,
    .unsqueeze,
    .upsample,
    .`where`,
    .xor,
    .channelNormalization,
    .channelShuffle,
    .convWeightGradient,
    .fusedConv,
    .fusedGemm,
    .fusedPointwise,
    .interleave,
    .maxPoolGradient,
    .phaseWeights,
    .windowGemm,
  ]

  /// ONNX's operators whose nodes may take an epilogue, as they are then.
  package static let withEpilogue: [Operator] = [
    Operator.averagePool, .globalAveragePool, .globalMaxPool, .maxPool, .reduceMean,
  ].map { $0.takingEpilogue() }

  private static let byName: [String: Operator] = Dictionary(
    all.map { ("\($0.domain).\($0.name)", $0) }
  ) { first, _ in first }

  private static let withEpilogueByName: [String: Operator] = Dictionary(
    withEpilogue.map { ($0.name, $0) }
  ) { first, _ in first }

  /// The operator that a node has as soon as it takes an epilogue; nil if it cannot.
  package static func takingEpilogue(_ node: Node) -> Operator? {
    if node.isStandard { return withEpilogueByName[node.operatorName] }
    return find(node).flatMap { $0.epilogueForm == nil ? nil : $0 }
  }

  /// The operator of a node; nil if we do not support it.
  package static func find(_ node: Node) -> Operator? {
    byName["\(node.isStandard ? "" : node.domain).\(node.operatorName)"]
  }
}
