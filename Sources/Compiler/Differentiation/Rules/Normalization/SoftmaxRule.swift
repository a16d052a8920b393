import GraphIR
import Tensors

extension GradientRule {
  static let softmax = GradientRule("Softmax", "y · (g − Σ g · y), the sum as in Softmax") {
    (step, emitter) throws(TesseraError) in
    let axes = try emitter.sumAxes(of: step.node)
    let product = try emitter.emit("Mul", [step.gradient, step.output])
    let sum = try emitter.reduced("ReduceSum", product, axes: axes)
    let difference = try emitter.emit("Sub", [step.gradient, sum])
    return [0: try emitter.emit("Mul", [difference, step.output])]
  }
}

extension NodeEmitter {
  /// The dimensions along which a `Softmax` or `LogSoftmax` adds.
  func sumAxes(of node: Node) throws(TesseraError) -> [Int] {
    let softmax = try SoftmaxParameters(node, in: graph, opsetVersion: opsetVersion)
    let rank = try extents(of: node.inputs[0]).count
    return softmax.coercesTo2D ? Array(softmax.axis..<rank) : [softmax.axis]
  }
}
