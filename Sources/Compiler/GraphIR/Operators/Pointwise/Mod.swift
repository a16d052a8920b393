import PointwisePrograms
import Tensors

/// ONNX `Mod`: the remainder of `A / B` with the sign of A where `fmod` is set, else with that of B. From opset 10.
extension Operator {
  static let mod = elementwise(
    "Mod", forms: [OperatorForm(since: 10, inputs: 2...2, attributes: ["fmod"])],
    ElementwiseSignature(operands: .numbers),
    program: { (node, _) throws(TesseraError) in
      var program = PointwiseProgram.chain(.remainder, inputCount: 2)
      if try node.flagAttribute("fmod") { return program }
      let remainder = program.valueCount - 1
      let signs = program.append(
        .multiply, program.append(.sign, remainder), program.append(.sign, 1))
      let differ = program.append(.less, signs, program.append(constant: 0))
      _ = program.append(.add, remainder, program.append(.selectWhere, differ, 1))
      return program
    })
}
