import Tensors

extension GradientRule {
  static let globalAveragePool = GradientRule(
    "GlobalAveragePool", "g / (H · W) at each element of a plane"
  ) { (step, emitter) throws(TesseraError) in
    let extents = try emitter.extents(of: step.node.inputs[0])
    let count = Double(extents[2]) * Double(extents[3])
    let scaled = try emitter.scaled(step.gradient, by: 1 / max(count, 1))
    return [0: try emitter.repeated(scaled, to: extents)]
  }
}
