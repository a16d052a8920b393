import GraphIR
import Tensors

extension NodeEmitter {
  /// Makes of a `Dropout` a product with a mask, which is a new graph input.
  ///
  /// - Returns: the mask; nil where nothing is dropped.
  mutating func maskDropout(_ node: Node) throws(TesseraError) -> TrainingForm.Mask? {
    if let mask = node.output(1) {
      throw node.unsupported("its output '\(mask)' (mask) is not supported")
    }
    let ratio = try dropoutRatio(of: node)
    guard ratio > 0 else {
      _ = try emit("Identity", [node.inputs[0]], as: node.outputs[0])
      return nil
    }
    let mask = input("\(node.outputs[0]).mask", try type(of: node.inputs[0]))
    _ = try emit("Mul", [node.inputs[0], mask], as: node.outputs[0])
    return TrainingForm.Mask(name: mask, extents: try extents(of: mask), ratio: ratio)
  }

  /// An attribute before opset 12, an input from then on.
  private func dropoutRatio(of node: Node) throws(TesseraError) -> Double {
    var ratio = try node.floatAttribute("ratio").map(Double.init) ?? 0.5
    if let tensor = try graph.constantInput(1, "ratio", of: node) {
      ratio = try tensor.cast(to: .float64).values(as: Double.self)?.first ?? 0.5
    }
    guard 0 <= ratio, ratio < 1 else {
      throw node.invalid("its ratio is \(ratio), expected at least 0 and below 1")
    }
    return ratio
  }
}
