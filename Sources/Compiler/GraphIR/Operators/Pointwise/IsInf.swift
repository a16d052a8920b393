import PointwisePrograms
import Tensors

/// ONNX `IsInf`: true where x is ∞ and `detect_positive` is set, or −∞ and `detect_negative` is. From
/// opset 10.
extension Operator {
  static let isInf = elementwise(
    "IsInf",
    forms: [
      OperatorForm(
        since: 10, inputs: 1...1, attributes: ["detect_negative", "detect_positive"])
    ],
    ElementwiseSignature(operands: .floatingPoint, result: .bool),
    program: { (node, _) throws(TesseraError) in
      var program = PointwiseProgram()
      var result = program.append(constant: 0)
      for (attribute, infinity) in [
        ("detect_positive", Float.infinity), ("detect_negative", -Float.infinity),
      ] where try node.flagAttribute(attribute, default: true) {
        let isEqual = program.append(.equal, 0, program.append(constant: infinity))
        result = program.append(.maximum, result, isEqual)
      }
      return program
    })
}
