import PointwisePrograms
import Tensors

/// ONNX `Swish`: `x / (1 + e^(−alpha · x))`. From opset 24.
extension Operator {
  static let swish = unary(
    "Swish", forms: [OperatorForm(since: 24, inputs: 1...1, attributes: ["alpha"])]
  ) { (node, program) throws(TesseraError) in
    let alpha = try node.floatAttribute("alpha") ?? 1
    let scaled = program.append(.multiply, 0, program.append(constant: alpha))
    _ = program.append(.multiply, 0, program.append(.sigmoid, scaled))
  }
}
