import Tensors

extension GradientRule {
  static let sub = arithmetic("Sub", "a: g; b: −g") {
    (input, step, emitter) throws(TesseraError) in
    input == 0 ? step.gradient : try emitter.emit("Neg", [step.gradient])
  }
}
