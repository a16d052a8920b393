import PointwisePrograms
import Tensors

/// ONNX `Mod`: the remainder of `A / B` with the sign of A where `fmod` is set, which floating-point
/// numbers need, else with the sign of B. From opset 10.
extension Operator {
  static let mod = elementwise(
    "Mod", forms: [OperatorForm(since: 10, inputs: 2...2, attributes: ["fmod"])],
    ElementwiseSignature(operands: .numbers),
    program: { (node, graph) throws(TesseraError) in
      var program = PointwiseProgram.chain(.remainder, inputCount: 2)
      if try node.flagAttribute("fmod") { return program }
      guard try !graph.inputType(0, of: node).elementType.isFloatingPoint else {
        throw node.invalid("its operands are floating-point numbers, for which 'fmod' must be 1")
      }
      // The sum has the sign of B, and is B itself or less.
      let sum = program.append(.add, program.valueCount - 1, 1)
      _ = program.append(.remainder, sum, 1)
      return program
    })
}
