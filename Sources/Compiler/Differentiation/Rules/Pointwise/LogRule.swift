import Tensors

extension GradientRule {
  static let log = GradientRule("Log", "g / x") { (step, emitter) throws(TesseraError) in
    [0: try emitter.emit("Div", [step.gradient, step.node.inputs[0]])]
  }
}
