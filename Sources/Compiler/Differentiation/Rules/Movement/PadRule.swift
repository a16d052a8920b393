import GraphIR
import Tensors

extension GradientRule {
  static let pad = GradientRule(
    "Pad", "g without what was added", limit: "the mode is constant"
  ) { (step, emitter) throws(TesseraError) in
    let pad = try PadParameters(step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    guard pad.mode == .constant else {
      throw step.node.unsupported("its mode is '\(pad.mode.rawValue)', which has no gradient")
    }
    return [
      0: try emitter.padded(
        step.gradient, before: pad.before.map { -$0 }, after: pad.after.map { -$0 })
    ]
  }
}
