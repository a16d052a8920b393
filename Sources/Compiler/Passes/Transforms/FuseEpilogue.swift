import GraphIR
import PointwisePrograms
import Tensors

extension Pass {
  /// Lets a convolution compute the element-wise operators that follow it on what it has just stored.
  ///
  /// ```
  /// c = tessera.Conv (x, W, b)
  /// y = tessera.Pointwise <program = ["add 0 1", "constant 0.0", "maximum 2 3"]> (c, r)
  ///   →
  /// y = tessera.Conv <epilogue = ["add 0 1", "constant 0.0", "maximum 2 3"]> (x, W, b, r)
  /// ```
  ///
  /// The same for a single element-wise node. The convolution moves to the place of the node that it takes
  /// over, as the other operands must be there before it; of several convolutions it is the last, which
  /// moves the least. Legal where `c` has no other use, is not an output of the graph and has the shape of
  /// `y`, nothing is pooled, and each other operand is an image of that shape, has one element a channel,
  /// or one element. Runs after `fuse-pointwise`.
  static let fuseEpilogue = Pass("fuse-epilogue") { index, rewriter, opsetVersion in
    guard let node = rewriter[index],
      let program = node.pointwiseProgram(in: rewriter.graph, opsetVersion: opsetVersion),
      let type = rewriter.type(of: node.outputs[0]), let extents = type.dimensions,
      let conv = lastConvolution(before: node, in: rewriter, opsetVersion: opsetVersion)
    else { return }
    let fusion = PointwiseFusion([(node, program)], first: conv.result, in: rewriter.graph)
    let operands = fusion.inputs.dropFirst()
    guard
      fusion.program.instructions.count <= PointwiseProgram.maximumInstructionCount,
      operands.allSatisfy({
        rewriter.type(of: $0).map { $0.isEpilogueOperand(of: extents) } ?? false
      })
    else { return }
    var fused = conv.node
    fused.inputs += Array(
      repeating: "", count: FusedConvParameters.epilogueOperandIndex - fused.inputs.count)
    fused.inputs += operands
    fused.attributes["epilogue"] = Attribute(fusion.program)
    fused.outputs = node.outputs
    rewriter.remove(conv.index)
    rewriter.replace(index, with: fused)
  }
}

/// The last convolution that makes an operand of `node` and may compute the node.
private func lastConvolution(
  before node: Node, in rewriter: GraphRewriter, opsetVersion: Int
) -> (index: Int, node: Node, result: String)? {
  node.inputs.compactMap { input in
    guard let (index, conv) = rewriter.fusedProducer(of: input), conv.operatorName == "Conv",
      let parameters = try? FusedConvParameters(
        conv, in: rewriter.graph, opsetVersion: opsetVersion),
      !parameters.poolsMax2x2,
      rewriter.type(of: input)?.dimensions == rewriter.type(of: node.outputs[0])?.dimensions
    else { return nil }
    return (index, conv, input)
  }.max { $0.index < $1.index }
}

extension TensorType {
  /// True for images of these extents, one element a channel, and one element.
  fileprivate func isEpilogueOperand(of extents: [Dimension]) -> Bool {
    guard let own = dimensions, own.count <= extents.count else { return false }
    if own == extents || own.allSatisfy({ $0 == .fixed(1) }) { return true }
    let aligned = Array(repeating: .fixed(1), count: extents.count - own.count) + own
    return [.fixed(1), extents[0]].contains(aligned[0])
      && Array(aligned.dropFirst()) == [extents[1], .fixed(1), .fixed(1)]
  }
}
