import Tensors

extension GradientRule {
  /// A rule for an operator that gives its first input's elements another shape.
  static func reshaping(_ operatorName: String) -> GradientRule {
    GradientRule(operatorName, "g in the shape of x") { (step, emitter) throws(TesseraError) in
      [0: try emitter.reshaped(step.gradient, to: emitter.extents(of: step.node.inputs[0]))]
    }
  }
}
