import GraphIR
import Tensors

extension Pass {
  /// Writes a batch normalization at inference that was not folded as a product and a sum.
  ///
  /// ```
  /// y = BatchNormalization <epsilon> (x, scale, bias, mean, variance)
  ///   →
  /// p = Mul (x, s)                    s = scale / √(variance + epsilon), of shape [C, 1, …]
  /// y = Add (p, t)                    t = bias - mean s
  /// ```
  ///
  /// Legal where the four vectors are constants and `x` is float32 of known rank. The factors are
  /// computed in Float64 and rounded once. Runs when `fold-batch-norm` has done all it can.
  static let expandBatchNorm = Pass("expand-batch-norm") { graph, context throws(TesseraError) in
    var names = FreshNames()
    var taken = Set(graph.types.keys).union(graph.constants.names)
    func fresh(_ base: String) -> String {
      let name = names.make(from: base, isTaken: taken.contains)
      taken.insert(name)
      return name
    }
    var nodes: [Node] = []
    var constants: [(String, Tensor)] = []
    var isChanged = false
    for node in graph.nodes {
      guard node.isStandard("BatchNormalization"), let input = node.input(0),
        let type = graph.type(of: input), type.elementType == .float32,
        let rank = type.dimensions?.count, rank >= 2,
        let affine = ChannelAffine(
          normalizing: node, in: graph, opsetVersion: context.opsetVersion)
      else {
        nodes.append(node)
        continue
      }
      isChanged = true
      let base = node.inputs[1]
      let operands = [(affine.scale, "scale"), (affine.offset, "shift")]
      var (previous, output) = (input, fresh("\(node.outputs[0])_scaled"))
      for (index, (values, part)) in operands.enumerated() {
        let constant = fresh("\(base)_\(part)")
        constants.append(
          (
            constant,
            try Tensor(
              values.map { Float($0) },
              shape: [values.count] + Array(repeating: 1, count: rank - 2))
          ))
        var step = Node(
          index == 0 ? "Mul" : "Add", name: node.name, inputs: [previous, constant],
          outputs: [index == 0 ? output : node.outputs[0]])
        step.origin = node.origin
        nodes.append(step)
        (previous, output) = (output, node.outputs[0])
      }
    }
    graph.nodes = nodes
    for (name, tensor) in constants { graph.constants[name] = tensor }
    return isChanged
  }
}
