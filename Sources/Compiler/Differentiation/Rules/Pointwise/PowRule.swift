import GraphIR
import Tensors

extension GradientRule {
  static let pow = GradientRule(
    "Pow", "x: g · y · xʸ⁻¹, 0 where y is 0; added where x was broadcast",
    limit: "y is a constant"
  ) { (step, emitter) throws(TesseraError) in
    let node = step.node
    guard let exponent = emitter.graph.constants[node.inputs[1]], !step.wants(1) else {
      throw node.unsupported(
        "its exponent '\(node.inputs[1])' is no constant, which its gradient needs")
    }
    let powers = try exponent.cast(to: .float64).values(as: Double.self) ?? []
    let type = try emitter.type(of: node.inputs[0]).elementType
    let shape = exponent.shape.dimensions
    // 0 · x⁰, so that nothing is divided by 0.
    let reduced = try Tensor(powers.map { $0 == 0 ? 0 : $0 - 1 }, shape: shape).cast(to: type)
    let factors = try Tensor(powers, shape: shape).cast(to: type)
    let power = try emitter.emit("Pow", [node.inputs[0], emitter.constant(reduced)])
    let slope = try emitter.emit("Mul", [power, emitter.constant(factors)])
    let full = try emitter.emit("Mul", [step.gradient, slope])
    return [0: try emitter.sum(full, to: emitter.extents(of: node.inputs[0]))]
  }
}
