import GraphIR
import PointwisePrograms
import Tensors

extension GradientRule {
  static let hardSigmoid = GradientRule("HardSigmoid", "alpha · g where 0 < y < 1, else 0") {
    (step, emitter) throws(TesseraError) in
    let alpha = try step.node.floatAttribute("alpha", default: 0.2)
    return [
      0: try emitter.pointwise([step.output, step.gradient]) { program in
        let scaled = program.append(.multiply, 1, program.append(constant: alpha))
        _ = program.append(scaled, whereBetweenZeroAndOne: 0)
      }
    ]
  }
}

extension PointwiseProgram {
  /// `value` where another lies between 0 and 1, else 0.
  mutating func append(_ value: Int, whereBetweenZeroAndOne other: Int) -> Int {
    let isAbove = append(.less, append(constant: 0), other)
    let isBelow = append(.less, other, append(constant: 1))
    return append(.selectWhere, isAbove, append(.selectWhere, isBelow, value))
  }
}
