import PointwisePrograms
import Tensors

/// ONNX `Selu`: `gamma · x` where x is positive, else `gamma · alpha · (eˣ − 1)`.
extension Operator {
  static let selu = unary(
    "Selu", forms: [OperatorForm(inputs: 1...1, attributes: ["alpha", "gamma"])]
  ) { (node, program) throws(TesseraError) in
    let alpha = try node.floatAttribute("alpha") ?? 1.673_263_2
    let gamma = try node.floatAttribute("gamma") ?? 1.050_701
    let zero = program.append(constant: 0)
    let positive = program.append(.maximum, 0, zero)
    let power = program.append(exponentialMinusOne: program.append(.minimum, 0, zero))
    let scaled = program.append(.multiply, power, program.append(constant: alpha))
    let sum = program.append(.add, positive, scaled)
    _ = program.append(.multiply, sum, program.append(constant: gamma))
  }
}
