import Tensors

extension GradientRule {
  static let exp = GradientRule("Exp", "g · y") { (step, emitter) throws(TesseraError) in
    [0: try emitter.emit("Mul", [step.gradient, step.output])]
  }
}
