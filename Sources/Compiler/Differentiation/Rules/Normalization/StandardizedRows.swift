import GraphIR
import Tensors

/// A value minus its mean over some dimensions, over its standard deviation there.
struct StandardizedRows {
  let value: String
  /// √(variance + epsilon).
  private let deviation: String
  private let axes: [Int]

  init(
    of x: String, axes: [Int], epsilon: Float, _ emitter: inout NodeEmitter
  ) throws(TesseraError) {
    self.axes = axes
    let centred = try emitter.emit("Sub", [x, try emitter.reduced("ReduceMean", x, axes: axes)])
    let squares = try emitter.emit("Mul", [centred, centred])
    let variance = try emitter.reduced("ReduceMean", squares, axes: axes)
    let shifted = try emitter.emit(
      "Add", [variance, try emitter.scalar(Double(epsilon), like: variance)])
    deviation = try emitter.emit("Sqrt", [shifted])
    value = try emitter.emit("Div", [centred, deviation])
  }

  /// The gradient of what was standardised, for that of `value`.
  func gradient(
    for gradient: String, _ emitter: inout NodeEmitter
  ) throws(TesseraError) -> String {
    let products = try emitter.emit("Mul", [gradient, value])
    let along = try emitter.reduced("ReduceMean", products, axes: axes)
    let mean = try emitter.reduced("ReduceMean", gradient, axes: axes)
    let centred = try emitter.emit("Sub", [gradient, mean])
    let rest = try emitter.emit("Sub", [centred, try emitter.emit("Mul", [value, along])])
    return try emitter.emit("Div", [rest, deviation])
  }
}
