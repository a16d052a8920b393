import GraphIR
import Tensors

extension GradientRule {
  static let transpose = GradientRule("Transpose", "g, transposed back") {
    (step, emitter) throws(TesseraError) in
    let permutation = try TransposeParameters(
      step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion
    ).permutation
    var inverse = permutation
    for (axis, source) in permutation.enumerated() { inverse[source] = axis }
    return [0: try emitter.transposed(step.gradient, inverse)]
  }
}
