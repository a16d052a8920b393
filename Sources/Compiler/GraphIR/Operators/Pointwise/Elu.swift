import PointwisePrograms
import Tensors

/// ONNX `Elu`: x where it is positive, else `alpha · (eˣ − 1)`.
extension Operator {
  static let elu = unary(
    "Elu", forms: [OperatorForm(inputs: 1...1, attributes: ["alpha"])]
  ) { (node, program) throws(TesseraError) in
    let alpha = try node.floatAttribute("alpha") ?? 1
    let zero = program.append(constant: 0)
    let positive = program.append(.maximum, 0, zero)
    let power = program.append(exponentialMinusOne: program.append(.minimum, 0, zero))
    let scaled = program.append(.multiply, power, program.append(constant: alpha))
    _ = program.append(.add, positive, scaled)
  }
}
