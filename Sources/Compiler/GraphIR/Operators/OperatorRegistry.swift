/// All operators that we support.
package enum OperatorRegistry {
  /// The versions of ONNX's own operator set whose models we read.
  package static let opsetVersions = 7...28

  package static let all: [Operator] = [
    .abs,
    .add,
    .averagePool,
    .batchNormalization,
    .cast,
    .clip,
    .concat,
    .constant,
    .constantOfShape,
    .conv,
    .convTranspose,
    .depthToSpace,
    .div,
    .dropout,
    .exp,
    .expand,
    .flatten,
    .gather,
    .gemm,
    .globalAveragePool,
    .globalMaxPool,
    .hardSigmoid,
    .hardSwish,
    .identity,
    .leakyRelu,
    .logSoftmax,
    .lrn,
    .matMul,
    .maxPool,
    .mul,
    .neg,
    .pad,
    .reciprocal,
    .relu,
    .reshape,
    .resize,
    .shape,
    .sigmoid,
    .size,
    .slice,
    .softmax,
    .spaceToDepth,
    .split,
    .sqrt,
    .squeeze,
    .sub,
    .tanh,
    .tile,
    .transpose,
    .unsqueeze,
    .upsample,
    .channelShuffle,
    .fusedConv,
    .fusedGemm,
    .interleave,
    .windowGemm,
  ]

  private static let byName: [String: Operator] = Dictionary(
    all.map { ("\($0.domain).\($0.name)", $0) }
  ) { first, _ in first }

  /// The operator of a node; nil if we do not support it.
  package static func find(_ node: Node) -> Operator? {
    byName["\(node.isStandard ? "" : node.domain).\(node.operatorName)"]
  }
}
