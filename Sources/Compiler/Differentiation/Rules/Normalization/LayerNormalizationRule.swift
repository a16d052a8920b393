import GraphIR
import Tensors

extension GradientRule {
  static let layerNormalization = GradientRule(
    "LayerNormalization",
    "x: (h − mean h − n · mean (h · n)) / d, h = g · scale, n = (x − mean x) / d, d = √(variance + epsilon); scale: g · n; bias: g; both added where an operand was broadcast"
  ) { (step, emitter) throws(TesseraError) in
    let node = step.node
    let parameters = try LayerNormalizationParameters(node, in: emitter.graph)
    let x = node.inputs[0]
    let axes = Array(parameters.axis..<(try emitter.extents(of: x).count))
    var results: [Int: String] = [:]
    if step.wants(2) {
      results[2] = try emitter.sum(step.gradient, to: emitter.extents(of: node.inputs[2]))
    }
    guard step.wants(0) || step.wants(1) else { return results }
    let rows = try StandardizedRows(
      of: x, axes: axes, epsilon: parameters.epsilon, &emitter)
    if step.wants(1) {
      let products = try emitter.emit("Mul", [step.gradient, rows.value])
      results[1] = try emitter.sum(products, to: emitter.extents(of: node.inputs[1]))
    }
    if step.wants(0) {
      let scaled = try emitter.emit("Mul", [step.gradient, node.inputs[1]])
      results[0] = try rows.gradient(for: scaled, &emitter)
    }
    return results
  }
}
