import GraphIR
import Tensors

extension GradientRule {
  static let concat = GradientRule("Concat", "each input's part of g") {
    (step, emitter) throws(TesseraError) in
    let axis = try ConcatParameters(
      step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion
    ).axis
    var results: [Int: String] = [:]
    var start = 0
    for (input, name) in step.node.inputs.enumerated() {
      let end = start + (try emitter.extents(of: name)[axis])
      if step.wants(input) {
        results[input] = try emitter.sliced(step.gradient, axis: axis, from: start, to: end)
      }
      start = end
    }
    return results
  }
}
