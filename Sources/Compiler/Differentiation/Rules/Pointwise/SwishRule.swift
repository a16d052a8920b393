import GraphIR
import PointwisePrograms
import Tensors

extension GradientRule {
  static let swish = GradientRule(
    "Swish", "g · (s + alpha · x · s · (1 − s)), s = 1 / (1 + e^(−alpha · x))"
  ) { (step, emitter) throws(TesseraError) in
    let alpha = try step.node.floatAttribute("alpha", default: 1)
    return [
      0: try emitter.pointwise([step.node.inputs[0], step.gradient]) { program in
        let scaled = program.append(.multiply, 0, program.append(constant: alpha))
        let sigmoid = program.append(.sigmoid, scaled)
        let rest = program.append(.subtract, program.append(constant: 1), sigmoid)
        let bend = program.append(.multiply, program.append(.multiply, scaled, sigmoid), rest)
        _ = program.append(.multiply, 1, program.append(.add, sigmoid, bend))
      }
    ]
  }
}
