import GraphIR
import Tensors

extension GradientRule {
  static let gemm = GradientRule(
    "Gemm", "A′: alpha · g · B′ᵀ; B′: alpha · A′ᵀ · g; C: beta · g, added where C was broadcast"
  ) { (step, emitter) throws(TesseraError) in
    let node = step.node
    let (a, b, gradient) = (node.inputs[0], node.inputs[1], step.gradient)
    let gemm = try GemmParameters(node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    var results: [Int: String] = [:]
    if step.wants(0) {
      results[0] =
        gemm.transA
        ? try emitter.product(b, gradient, transA: gemm.transB, transB: true, alpha: gemm.alpha)
        : try emitter.product(gradient, b, transB: !gemm.transB, alpha: gemm.alpha)
    }
    if step.wants(1) {
      results[1] =
        gemm.transB
        ? try emitter.product(gradient, a, transA: true, transB: gemm.transA, alpha: gemm.alpha)
        : try emitter.product(a, gradient, transA: !gemm.transA, alpha: gemm.alpha)
    }
    if step.wants(2) {
      let scaled = try emitter.scaled(gradient, by: Double(gemm.beta))
      results[2] = try emitter.sum(scaled, to: emitter.extents(of: node.inputs[2]))
    }
    return results
  }
}

extension NodeEmitter {
  /// `alpha · A′ · B′`, where a prime is a transposition if asked for.
  mutating func product(
    _ a: String, _ b: String, transA: Bool = false, transB: Bool = false, alpha: Float = 1
  ) throws(TesseraError) -> String {
    var attributes: [String: Attribute] = [:]
    if transA { attributes["transA"] = .int(1) }
    if transB { attributes["transB"] = .int(1) }
    if alpha != 1 { attributes["alpha"] = .float(alpha) }
    // The third input became optional with opset 11.
    return try emit(
      "Gemm", opsetVersion < 11 ? [a, b, try scalar(0, like: a)] : [a, b], attributes)
  }
}
