import Tensors

extension GradientRule {
  static let logSoftmax = GradientRule("LogSoftmax", "g − eʸ · Σ g, the sum as in LogSoftmax") {
    (step, emitter) throws(TesseraError) in
    let sum = try emitter.reduced(
      "ReduceSum", step.gradient, axes: try emitter.sumAxes(of: step.node))
    let share = try emitter.emit("Mul", [try emitter.emit("Exp", [step.output]), sum])
    return [0: try emitter.emit("Sub", [step.gradient, share])]
  }
}
