import GraphIR
import Tensors

extension GradientRule {
  /// The input's gradient is a convolution of the output's: of stride 1 with the weights turned round, so
  /// that the kernels of convolutions serve, else a transposed one.
  static let conv = GradientRule(
    "Conv",
    "x: the transposed convolution of g; W: tessera.ConvWeightGradient; b: g, added over images and positions"
  ) { (step, emitter) throws(TesseraError) in
    let node = step.node
    let convolution = try ConvParameters(
      node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    var results: [Int: String] = [:]
    if step.wants(0) {
      let extents = try emitter.extents(of: node.inputs[0])
      if let mirrored = convolution.mirrored {
        results[0] = try emitter.emit(
          "Conv", [step.gradient, try emitter.turnedWeights(node.inputs[1], convolution)],
          ConvWeightGradientParameters(convolution: mirrored).attributes)
      } else {
        results[0] = try emitter.spread(
          step.gradient, node.inputs[1],
          TransposedWindow(
            kernel: convolution.kernel, strides: convolution.strides,
            dilations: convolution.dilations, padsBegin: convolution.padsBegin,
            group: convolution.group), to: extents)
      }
    }
    if step.wants(1) {
      results[1] = try emitter.emit(
        "ConvWeightGradient", domain: "tessera", [node.inputs[0], step.gradient],
        ConvWeightGradientParameters(convolution: convolution).attributes)
    }
    if step.wants(2) {
      results[2] = try emitter.reduced(
        "ReduceSum", step.gradient, axes: [0, 2, 3], keepsDimensions: false)
    }
    return results
  }
}

extension ConvParameters {
  /// The convolution with turned weights that computes the input's gradient; nil where the stride is not 1
  /// or the padding is wider than a window reaches.
  fileprivate var mirrored: ConvParameters? {
    let reach = [0, 1].map { (kernel[$0] - 1) * dilations[$0] }
    var result = self
    result.padsBegin = zip(reach, padsBegin).map { $0 - $1 }
    result.padsEnd = zip(reach, padsEnd).map { $0 - $1 }
    let isPossible = (result.padsBegin + result.padsEnd).allSatisfy { $0 >= 0 }
    return strides == [1, 1] && isPossible ? result : nil
  }
}

extension NodeEmitter {
  /// Weights `[M, C/group, kh, kw]` as `[C, M/group, kh, kw]`, rows and columns in reverse.
  fileprivate mutating func turnedWeights(
    _ weights: String, _ convolution: ConvParameters
  ) throws(TesseraError) -> String {
    let extents = try extents(of: weights)
    let (group, taps) = (convolution.group, extents[2] * extents[3])
    var value = try reshaped(weights, to: [group, extents[0] / group, extents[1], taps])
    value = try reversed(value, axis: 3)
    value = try transposed(value, [0, 2, 1, 3])
    return try reshaped(value, to: [group * extents[1], extents[0] / group] + extents[2...])
  }
}
