import GraphIR
import Tensors

extension GradientRule {
  static let groupNormalization = normalizationOfGroups(
    "GroupNormalization", "as LayerNormalization, over each group of channels of an image")

  /// `GroupNormalization` or `InstanceNormalization`, on `[N, groups, elements of a group]`.
  static func normalizationOfGroups(_ operatorName: String, _ formula: String) -> GradientRule {
    GradientRule(operatorName, formula) { (step, emitter) throws(TesseraError) in
      let node = step.node
      let parameters = try GroupNormalizationParameters(node, opsetVersion: emitter.opsetVersion)
      let extents = try emitter.extents(of: node.inputs[0])
      let groupCount = parameters.groupCount ?? extents[1]
      let elementCount = extents[1...].reduce(1, *) / max(1, groupCount)
      let grouped = [extents[0], groupCount, elementCount]
      // Scale and bias have a number a group or a channel; they are added over all other dimensions.
      let scaled = parameters.scalesGroups ? grouped : extents
      let ones = Array(repeating: 1, count: scaled.count - 2)
      let summed = scaled.indices.filter { $0 != 1 }
      let gradient = try emitter.reshaped(step.gradient, to: scaled)

      var results: [Int: String] = [:]
      if step.wants(2) {
        results[2] = try emitter.reduced(
          "ReduceSum", gradient, axes: summed, keepsDimensions: false)
      }
      guard step.wants(0) || step.wants(1) else { return results }
      let rows = try StandardizedRows(
        of: try emitter.reshaped(node.inputs[0], to: grouped), axes: [2],
        epsilon: parameters.epsilon, &emitter)
      if step.wants(1) {
        let standardized = try emitter.reshaped(rows.value, to: scaled)
        let products = try emitter.emit("Mul", [gradient, standardized])
        results[1] = try emitter.reduced(
          "ReduceSum", products, axes: summed, keepsDimensions: false)
      }
      if step.wants(0) {
        let scale = try emitter.reshaped(node.inputs[1], to: [scaled[1]] + ones)
        let product = try emitter.emit("Mul", [gradient, scale])
        let slopes = try rows.gradient(
          for: try emitter.reshaped(product, to: grouped), &emitter)
        results[0] = try emitter.reshaped(slopes, to: extents)
      }
      return results
    }
  }
}
