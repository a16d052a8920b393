import PointwisePrograms
import Tensors

/// ONNX `Gelu`: `x/2 · (1 + erf(x / √2))`, or `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` where
/// `approximate` is "tanh". From opset 20.
extension Operator {
  static let gelu = unary(
    "Gelu", forms: [OperatorForm(since: 20, inputs: 1...1, attributes: ["approximate"])]
  ) { (node, program) throws(TesseraError) in
    let approximation = try node.stringAttribute("approximate") ?? "none"
    let bend: Int
    switch approximation {
    case "none":
      let scaled = program.append(.multiply, 0, program.append(constant: 0.707_106_77))
      bend = program.append(.errorFunction, scaled)
    case "tanh":
      let square = program.append(.multiply, 0, 0)
      let cubic = program.append(.multiply, square, program.append(constant: 0.044_715))
      let factor = program.append(.add, cubic, program.append(constant: 1))
      let scaled = program.append(.multiply, 0, program.append(constant: 0.797_884_56))
      bend = program.append(.hyperbolicTangent, program.append(.multiply, scaled, factor))
    default:
      throw node.invalid(
        "the attribute 'approximate' is '\(approximation)', expected 'none' or 'tanh'")
    }
    let half = program.append(.multiply, 0, program.append(constant: 0.5))
    let sum = program.append(.add, bend, program.append(constant: 1))
    _ = program.append(.multiply, half, sum)
  }
}
