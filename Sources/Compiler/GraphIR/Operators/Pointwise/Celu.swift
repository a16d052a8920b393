import PointwisePrograms
import Tensors

/// ONNX `Celu`: `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`. From opset 12.
extension Operator {
  static let celu = unary(
    "Celu", forms: [OperatorForm(since: 12, inputs: 1...1, attributes: ["alpha"])]
  ) { (node, program) throws(TesseraError) in
    let alpha = try node.floatAttribute("alpha") ?? 1
    let zero = program.append(constant: 0)
    let positive = program.append(.maximum, 0, zero)
    let slope = program.append(constant: alpha)
    let quotient = program.append(.divide, program.append(.minimum, 0, zero), slope)
    let power = program.append(exponentialMinusOne: quotient)
    _ = program.append(.add, positive, program.append(.multiply, power, slope))
  }
}
