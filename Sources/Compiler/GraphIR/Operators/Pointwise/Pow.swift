import PointwisePrograms
import Tensors

/// ONNX `Pow`: `Xʸ`, element by element, after broadcasting, in the type of X. Constant exponents 1, 2, 3
/// and −1 become products and a quotient.
extension Operator {
  static let pow = elementwise(
    "Pow", forms: [OperatorForm(inputs: 2...2)],
    ElementwiseSignature(operands: .numbers, sharesType: false),
    program: { (node, graph) throws(TesseraError) in
      var program = PointwiseProgram(inputCount: 2)
      let exponent = node.input(1).flatMap { graph.constants[$0] }
      let value =
        try exponent?.shape.elementCount == 1
        ? exponent?.cast(to: .float32).values(as: Float.self)?.first : nil
      switch value {
      case 1: _ = program.append(.multiply, 0, program.append(constant: 1))
      case 2: _ = program.append(.multiply, 0, 0)
      case 3: _ = program.append(.multiply, program.append(.multiply, 0, 0), 0)
      case -1: _ = program.append(.divide, program.append(constant: 1), 0)
      default: _ = program.append(.power, 0, 1)
      }
      return program
    })
}
