import GraphIR
import Tensors

extension Pass {
  /// Computes at compile time what does not depend on the inputs of the graph.
  ///
  /// ```
  /// s = Shape (x)                       x is float[1, 512, 7, 7]
  /// n = Gather (s, [0])
  /// t = Concat <axis = 0> (n, [-1])
  /// y = Reshape (x, t)
  ///   →
  /// t = constant [1, -1]
  /// y = Reshape (x, t)
  /// ```
  ///
  /// A node is evaluated where all of its inputs are constants that the context does not hold. An integer value that shape inference
  /// knows completely is a constant too, although its producer reads an image; where it depends on a
  /// symbol it stays until the symbol is bound. Values keep their names, outputs of the graph
  /// included. A result may take `foldedByteLimit` bytes, or `foldedGrowthLimit` times what its
  /// inputs take: a small model must not expand into a large one. Runs first: the other passes look
  /// for constants.
  package static let foldConstants = Pass("fold-constants", refinesTypes: true) {
    graph, context throws(TesseraError) in
    var remaining: [Node] = []
    for node in graph.nodes {
      if try !fold(node, in: &graph, context) { remaining.append(node) }
    }
    guard remaining.count < graph.nodes.count else { return false }
    graph.nodes = remaining
    return true
  }
}

/// Bytes that a folded result may always take.
private let foldedByteLimit = 16 << 20
/// How many times the bytes of its inputs a larger result may take: the widest conversion.
private let foldedGrowthLimit = 8

/// Makes constants of a node's outputs; false if they are not known.
private func fold(_ node: Node, in graph: inout Graph, _ context: PassContext) throws(TesseraError)
  -> Bool
{
  let wanted = node.outputs.filter { !$0.isEmpty }
  let inferred = wanted.compactMap { graph.inferredTensor($0) }
  if !wanted.isEmpty, inferred.count == wanted.count {
    for (name, tensor) in zip(wanted, inferred) { graph.constants[name] = tensor }
    return true
  }
  guard let evaluate = OperatorRegistry.find(node)?.evaluate else { return false }
  var operands: [Tensor?] = []
  var operandBytes = 0
  for name in node.inputs {
    let operand = context.heldConstants.contains(name) ? nil : graph.constants[name]
    guard operand != nil || name.isEmpty else { return false }
    operands.append(operand)
    operandBytes += operand?.byteCount ?? 0
  }
  for case .tensor(let tensor) in node.attributes.values { operandBytes += tensor.byteCount }
  for name in wanted {
    guard let byteCount = graph.types[name]?.byteCount,
      byteCount <= foldedByteLimit || byteCount / foldedGrowthLimit <= operandBytes
    else { return false }
  }
  let results = try evaluate(node, operands, context.opsetVersion)
  for (name, result) in zip(node.outputs, results) where !name.isEmpty {
    graph.constants[name] = result
  }
  return true
}

extension TensorType {
  /// The bytes that a value of this type takes; nil if its shape is not fixed or that overflows.
  fileprivate var byteCount: Int? {
    guard let shape else { return nil }
    let (count, overflow) = shape.elementCount.multipliedReportingOverflow(
      by: elementType.byteCount)
    return overflow ? nil : count
  }
}
