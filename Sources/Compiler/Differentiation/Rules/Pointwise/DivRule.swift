import Tensors

extension GradientRule {
  static let div = arithmetic("Div", "a: g / b; b: −g · y / b") {
    (input, step, emitter) throws(TesseraError) in
    let quotient = try emitter.emit("Div", [step.gradient, step.node.inputs[1]])
    guard input == 1 else { return quotient }
    return try emitter.emit("Neg", [try emitter.emit("Mul", [quotient, step.output])])
  }
}
