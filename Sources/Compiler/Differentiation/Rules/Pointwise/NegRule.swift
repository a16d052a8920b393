import Tensors

extension GradientRule {
  static let neg = GradientRule("Neg", "−g") { (step, emitter) throws(TesseraError) in
    [0: try emitter.emit("Neg", [step.gradient])]
  }
}
