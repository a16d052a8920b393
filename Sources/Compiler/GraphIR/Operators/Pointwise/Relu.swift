import PointwisePrograms
import Tensors

/// ONNX `Relu`: `max(x, 0)`. NaN passes through.
extension Operator {
  static let relu = Operator(
    "Relu", forms: [OperatorForm(inputs: 1...1)],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      guard input.elementType != .bool else {
        throw node.invalid("its input must hold numbers, but is \(input)")
      }
      return [input]
    },
    evaluate: { (node, inputs, _) throws(TesseraError) in
      let input = try node.constant(inputs, 0)
      let zero = try Tensor(elementType: input.elementType, shape: .scalar) { _ in }
      return [try input.clamped(low: zero, high: nil, for: node)]
    },
    pointwise: { (_, _, _) in
      var program = PointwiseProgram()
      _ = program.append(.maximum, 0, program.append(constant: 0))
      return program
    })
}
