import PointwisePrograms
import Tensors

/// ONNX `ThresholdedRelu`: x where it exceeds alpha, else 0. From opset 10.
extension Operator {
  static let thresholdedRelu = unary(
    "ThresholdedRelu", forms: [OperatorForm(since: 10, inputs: 1...1, attributes: ["alpha"])]
  ) { (node, program) throws(TesseraError) in
    let alpha = try node.floatAttribute("alpha") ?? 1
    let exceeds = program.append(.less, program.append(constant: alpha), 0)
    _ = program.append(.selectWhere, exceeds, 0)
  }
}
