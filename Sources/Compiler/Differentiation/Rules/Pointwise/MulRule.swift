import Tensors

extension GradientRule {
  static let mul = arithmetic("Mul", "a: g · b; b: g · a") {
    (input, step, emitter) throws(TesseraError) in
    try emitter.emit("Mul", [step.gradient, step.node.inputs[1 - input]])
  }
}
