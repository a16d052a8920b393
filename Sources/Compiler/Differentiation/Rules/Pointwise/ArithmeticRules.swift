import Tensors

extension GradientRule {
  /// A rule for an element-wise operator on two operands that broadcast: the gradients at every element of
  /// the result, of which each operand's are added.
  static func arithmetic(
    _ operatorName: String, _ formula: String,
    gradient:
      @escaping @Sendable (_ input: Int, _ step: BackwardStep, _ emitter: inout NodeEmitter)
      throws(TesseraError) -> String
  ) -> GradientRule {
    GradientRule(operatorName, formula + ", added where an operand was broadcast") {
      (step, emitter) throws(TesseraError) in
      var results: [Int: String] = [:]
      for input in [0, 1] where step.wants(input) {
        let full = try gradient(input, step, &emitter)
        results[input] = try emitter.sum(full, to: emitter.extents(of: step.node.inputs[input]))
      }
      return results
    }
  }
}
