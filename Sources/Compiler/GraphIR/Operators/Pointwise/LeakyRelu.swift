import PointwisePrograms
import Tensors

/// ONNX `LeakyRelu`: x where it is not negative, else `alpha · x`.
extension Operator {
  static let leakyRelu = unary(
    "LeakyRelu", forms: [OperatorForm(inputs: 1...1, attributes: ["alpha"])]
  ) { (node, program) throws(TesseraError) in
    let alpha = try node.floatAttribute("alpha") ?? 0.01
    let zero = program.append(constant: 0)
    let positive = program.append(.maximum, 0, zero)
    let negative = program.append(.minimum, 0, zero)
    _ = program.append(
      .add, positive, program.append(.multiply, negative, program.append(constant: alpha)))
  }
}
