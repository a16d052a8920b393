import PointwisePrograms
import Tensors

extension Operator {
  /// An element-wise operator on one floating-point tensor.
  ///
  /// - Parameter function: adds what it computes of value 0 to a program.
  static func unary(
    _ name: String, forms: [OperatorForm] = [OperatorForm(inputs: 1...1)],
    _ function:
      @escaping @Sendable (Node, inout PointwiseProgram) throws(TesseraError) -> Void
  ) -> Operator {
    @Sendable func program(_ node: Node) throws(TesseraError) -> PointwiseProgram {
      var program = PointwiseProgram()
      try function(node, &program)
      return program
    }
    return Operator(
      name, forms: forms,
      inferTypes: { (node, graph, _) throws(TesseraError) in
        let input = try graph.inputType(0, of: node)
        try node.checkFloatingPoint(input)
        _ = try program(node)
        return [input]
      },
      evaluate: { (node, inputs, _) throws(TesseraError) in
        let input = try node.constant(inputs, 0)
        let program = try program(node)
        let wide = try input.cast(to: .float64).values(as: Double.self) ?? []
        let results = try Tensor(
          wide.map { program.evaluate([$0]) }, shape: input.shape.dimensions)
        return [try results.cast(to: input.elementType)]
      },
      pointwise: { (node, _, _) throws(TesseraError) in try program(node) })
  }

  /// An operator that is one operation.
  static func unary(_ name: String, _ operation: PointwiseOperation) -> Operator {
    unary(name) { (_, program) in _ = program.append(operation, 0) }
  }
}
