import GraphIR
import Tensors

extension Graph {
  /// Makes of each `BatchNormalization` whose parameters are values of the run what it computes at inference:
  /// `y = x · f + (bias − mean · f)`, `f = scale / √(variance + epsilon)`. Those of constants stay.
  ///
  /// The types are inferred and the shapes fixed, and stay so.
  package mutating func expandBatchNormalization(opsetVersion: Int) throws(TesseraError) {
    var emitter = NodeEmitter(self, opsetVersion: opsetVersion)
    for node in emitter.removeNodes() {
      guard node.isStandard, node.operatorName == "BatchNormalization",
        node.inputs.dropFirst().contains(where: { constants[$0] == nil })
      else {
        emitter.keep(node)
        continue
      }
      (emitter.stem, emitter.origin) = ("\(node.output(0) ?? "").inference", node.location)
      try emitter.normalizeByStatistics(node)
    }
    self = emitter.graph
  }
}

extension NodeEmitter {
  fileprivate mutating func normalizeByStatistics(_ node: Node) throws(TesseraError) {
    let epsilon = try BatchNormalizationParameters(node, in: graph, opsetVersion: opsetVersion)
      .epsilon
    let x = node.inputs[0]
    let extents = try extents(of: x)
    let byChannel = [extents[1]] + Array(repeating: 1, count: extents.count - 2)
    let (scale, bias, mean) = (node.inputs[1], node.inputs[2], node.inputs[3])
    let variance = node.inputs[4]
    let shifted = try emit("Add", [variance, try scalar(Double(epsilon), like: variance)])
    let factor = try emit("Div", [scale, try emit("Sqrt", [shifted])])
    let offset = try emit("Sub", [bias, try emit("Mul", [mean, factor])])
    let product = try emit("Mul", [x, try reshaped(factor, to: byChannel)])
    _ = try emit("Add", [product, try reshaped(offset, to: byChannel)], as: node.outputs[0])
  }
}
