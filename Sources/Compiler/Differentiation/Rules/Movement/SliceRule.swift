import GraphIR
import Tensors

extension GradientRule {
  static let slice = GradientRule(
    "Slice", "g with zeros in place of what was left out", limit: "steps are 1"
  ) { (step, emitter) throws(TesseraError) in
    let slice = try SliceParameters(
      step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    guard slice.steps.allSatisfy({ $0 == 1 }) else {
      throw step.node.unsupported("it has a step other than 1, which has no gradient")
    }
    let extents = try emitter.extents(of: step.node.inputs[0])
    // What is empty may end before it starts.
    let ends = zip(slice.starts, slice.extents).map { $0 + $1 }
    return [
      0: try emitter.padded(
        step.gradient, before: slice.starts, after: zip(extents, ends).map { $0 - $1 })
    ]
  }
}
