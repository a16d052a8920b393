import GraphIR
import Tensors

extension GradientRule {
  /// In training a composition takes the node's place (`Graph.makeTrainingForm`).
  static let batchNormalization = GradientRule(
    "BatchNormalization",
    "x: g · scale / d, d = √(variance + epsilon); scale: Σ g · (x − mean) / d; bias: Σ g; mean and variance likewise",
    limit: "inference"
  ) { (step, emitter) throws(TesseraError) in
    let node = step.node
    let epsilon = try BatchNormalizationParameters(
      node, in: emitter.graph, opsetVersion: emitter.opsetVersion
    ).epsilon
    let x = node.inputs[0]
    let extents = try emitter.extents(of: x)
    let axes = extents.indices.filter { $0 != 1 }
    func byChannel(_ value: String) throws(TesseraError) -> String {
      try emitter.reshaped(
        value, to: [extents[1]] + Array(repeating: 1, count: extents.count - 2))
    }
    let (scale, mean, variance) = (node.inputs[1], node.inputs[3], node.inputs[4])
    let deviation = try emitter.emit(
      "Sqrt",
      [
        try emitter.emit(
          "Add", [variance, try emitter.scalar(Double(epsilon), like: variance)])
      ])
    var results: [Int: String] = [:]
    let factor = try emitter.emit("Div", [scale, deviation])
    if step.wants(0) {
      results[0] = try emitter.emit("Mul", [step.gradient, try byChannel(factor)])
    }
    guard (1...4).contains(where: step.wants) else { return results }
    let sum = try emitter.reduced("ReduceSum", step.gradient, axes: axes, keepsDimensions: false)
    results[2] = sum
    if step.wants(3) {
      results[3] = try emitter.emit("Neg", [try emitter.emit("Mul", [sum, factor])])
    }
    guard step.wants(1) || step.wants(4) else { return results }
    let centred = try emitter.emit("Sub", [x, try byChannel(mean)])
    let products = try emitter.emit("Mul", [step.gradient, centred])
    let moment = try emitter.reduced("ReduceSum", products, axes: axes, keepsDimensions: false)
    let normalized = try emitter.emit("Div", [moment, deviation])
    results[1] = normalized
    if step.wants(4) {
      let product = try emitter.emit("Mul", [normalized, scale])
      let halved = try emitter.scaled(product, by: -0.5)
      let square = try emitter.emit("Mul", [deviation, deviation])
      results[4] = try emitter.emit("Div", [halved, square])
    }
    return results
  }
}
