import GraphIR
import Tensors

extension GradientRule {
  /// A rule for a sum or a mean along some dimensions.
  static func reduction(_ operatorName: String, _ formula: String, isMean: Bool) -> GradientRule {
    GradientRule(operatorName, formula) { (step, emitter) throws(TesseraError) in
      let axes = try ReduceParameters(
        step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion
      ).axes
      let extents = try emitter.extents(of: step.node.inputs[0])
      var kept = extents
      for axis in axes { kept[axis] = 1 }
      let count = axes.reduce(1.0) { $0 * Double(extents[$1]) }
      let gradient = try emitter.reshaped(step.gradient, to: kept)
      let scaled = try emitter.scaled(gradient, by: isMean ? 1 / max(count, 1) : 1)
      return [0: try emitter.repeated(scaled, to: extents)]
    }
  }
}
