import GraphIR
import PointwisePrograms
import Tensors

extension GradientRule {
  /// The result has the input's sign where alpha is positive, and then serves in its place.
  static let leakyRelu = GradientRule("LeakyRelu", "g where x > 0, else alpha · g") {
    (step, emitter) throws(TesseraError) in
    let alpha = try step.node.floatAttribute("alpha", default: 0.01)
    let value = alpha > 0 ? step.output : step.node.inputs[0]
    return [
      0: try emitter.pointwise([value, step.gradient]) { program in
        let isPositive = program.append(.less, program.append(constant: 0), 0)
        let scaled = program.append(.multiply, 1, program.append(constant: alpha))
        _ = program.append(
          .union, program.append(.selectWhere, isPositive, 1),
          program.append(.selectUnless, isPositive, scaled))
      }
    ]
  }
}
