import GraphIR
import Tensors

/// How nodes of one operator, which treat rows `[N, K]`, treat every position of `[N, K, H', W']`.
struct PositionRule: Sendable {
  /// The nodes that take the place of one that reads the flattened map or what follows it.
  let rewrite: @Sendable (Node, inout ClassifierConvolution) throws(TesseraError) -> [Node]

  private init(
    _ rewrite:
      @escaping @Sendable (Node, inout ClassifierConvolution) throws(TesseraError) -> [Node]
  ) {
    self.rewrite = rewrite
  }

  static func find(_ node: Node) -> PositionRule? {
    rules["\(node.isStandard ? "" : node.domain).\(node.operatorName)"]
  }

  private static let rules: [String: PositionRule] = [
    "tessera.Gemm": layer, ".Gemm": openProduct, ".MatMul": openProduct,
    ".Relu": unchanged, ".Clip": unchanged, ".Dropout": unchanged, ".Identity": unchanged,
    ".Cast": unchanged, ".BatchNormalization": unchanged,
    ".Add": arithmetic, ".Sub": arithmetic, ".Mul": arithmetic, ".Div": arithmetic,
    ".Concat": concatenation, ".Softmax": softmax, ".LogSoftmax": softmax,
  ]
}

/// The rules.
extension PositionRule {
  private static let layer = PositionRule { node, classifier throws(TesseraError) in
    let gemm = try FusedGemmParameters(
      node, in: classifier.nominal, opsetVersion: classifier.opsetVersion)
    let window = try classifier.window(of: node)
    var convolution = node
    convolution.operatorName = "WindowGemm"
    convolution.inputs[0] = window.value
    convolution.attributes =
      WindowGemmParameters(kernel: window.kernel, gemm: gemm).attributes
    return [convolution]
  }

  /// A product that `legalize-gemm` left as it was.
  private static let openProduct = PositionRule { node, classifier throws(TesseraError) in
    let open = node.inputs.dropFirst().filter {
      !$0.isEmpty && classifier.nominal.constants[$0] == nil
    }
    guard let value = open.first else {
      throw node.unsupported(
        "dense evaluation needs a layer `x · W + b` with finite weights and one bias an output")
    }
    let hint = classifier.inputs.contains(value) ? "; --weights binds graph inputs" : ""
    throw node.unsupported(
      "dense evaluation needs a layer with constant weights, but '\(value)' is a value of the run\(hint)"
    )
  }

  /// The channel stays dimension 1 and nothing else is told apart.
  private static let unchanged = PositionRule { node, classifier throws(TesseraError) in
    try classifier.requireScores(node)
    return [node]
  }

  /// A constant by class becomes one by channel.
  private static let arithmetic = PositionRule { node, classifier throws(TesseraError) in
    try classifier.requireScores(node)
    var rewritten = node
    for (index, value) in node.inputs.enumerated() where !classifier.isDense(value) {
      guard let constant = classifier.graph.constants[value] else {
        throw node.unsupported(
          "dense evaluation has scores at every position here, but '\(value)' is the same for all")
      }
      guard constant.shape.elementCount != 1 else { continue }
      let extents = constant.shape.dimensions
      guard extents.count <= 2, extents.dropLast().allSatisfy({ $0 == 1 }), let last = extents.last,
        let shape = Shape([last, 1, 1]), let channels = constant.reshaped(to: shape)
      else {
        throw node.unsupported(
          "dense evaluation needs a constant by class, found '\(value)' of shape \(constant.shape)")
      }
      rewritten.inputs[index] = classifier.addConstant(channels, preferredName: value)
    }
    return [rewritten]
  }

  private static let concatenation = PositionRule { node, classifier throws(TesseraError) in
    try classifier.requireScores(node)
    if let value = node.inputs.first(where: { !classifier.isDense($0) }) {
      throw node.unsupported(
        "dense evaluation has scores at every position here, but '\(value)' is the same for all")
    }
    let axis = try ConcatParameters(
      node, in: classifier.nominal, opsetVersion: classifier.opsetVersion
    ).axis
    var rewritten = node
    rewritten.attributes["axis"] = .int(Int64(axis))
    return [rewritten]
  }

  /// Along the classes, from operator set 13 on by the attribute alone.
  private static let softmax = PositionRule { node, classifier throws(TesseraError) in
    try classifier.requireScores(node)
    let parameters = try SoftmaxParameters(
      node, in: classifier.nominal, opsetVersion: classifier.opsetVersion)
    guard parameters.axis == 1 else {
      throw node.unsupported("dense evaluation needs a sum over the classes, found one over images")
    }
    var rewritten = node
    guard parameters.coercesTo2D else {
      rewritten.attributes["axis"] = .int(1)
      return [rewritten]
    }
    let output = node.outputs[0]
    let last = classifier.newName("\(output)_classes_last_input")
    let result = classifier.newName("\(output)_classes_last")
    rewritten.inputs = [last]
    rewritten.outputs = [result]
    rewritten.attributes["axis"] = .int(3)
    return [
      .transpose(node.inputs[0], [0, 2, 3, 1], as: last), rewritten,
      .transpose(result, [0, 3, 1, 2], as: output),
    ]
  }
}

extension Node {
  fileprivate static func transpose(
    _ value: String, _ permutation: [Int64], as output: String
  ) -> Node {
    Node("Transpose", inputs: [value], outputs: [output], attributes: ["perm": .ints(permutation)])
  }
}
