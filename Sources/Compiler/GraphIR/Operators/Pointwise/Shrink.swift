import PointwisePrograms
import Tensors

/// ONNX `Shrink`: `x + bias` below −lambd, `x − bias` above lambd, 0 between. From opset 9.
extension Operator {
  static let shrink = unary(
    "Shrink", forms: [OperatorForm(since: 9, inputs: 1...1, attributes: ["bias", "lambd"])]
  ) { (node, program) throws(TesseraError) in
    let bias = try node.floatAttribute("bias") ?? 0
    let lambd = try node.floatAttribute("lambd") ?? 0.5
    let shift = program.append(constant: bias)
    let isLow = program.append(.less, 0, program.append(constant: -lambd))
    let isHigh = program.append(.less, program.append(constant: lambd), 0)
    let raised = program.append(.selectWhere, isLow, program.append(.add, 0, shift))
    let lowered = program.append(.selectWhere, isHigh, program.append(.subtract, 0, shift))
    _ = program.append(.union, raised, lowered)
  }
}
