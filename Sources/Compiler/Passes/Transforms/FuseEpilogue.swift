import GraphIR
import PointwisePrograms
import Tensors

extension Pass {
  /// Lets a convolution, a matrix product, a pooling or a mean compute the element-wise operators that follow
  /// it on what it has just stored.
  ///
  /// ```
  /// c = tessera.Conv (x, W, b)
  /// y = tessera.Pointwise <program = ["add 0 1", "constant 0.0", "maximum 2 3"]> (c, r)
  ///   →
  /// y = tessera.Conv <epilogue = ["add 0 1", "constant 0.0", "maximum 2 3"]> (x, W, b, r)
  /// ```
  ///
  /// The same for a single element-wise node, and for the nodes of `OperatorRegistry.takingEpilogue`. The node
  /// before moves to the place of the one that it takes over, as the other operands must be there before it;
  /// of several it is the last, which moves the least. Legal where `c` has no other use, is not an output of
  /// the graph and has the shape of `y`, nothing is pooled after a convolution, and each other operand has
  /// that shape, has one element a channel, or one element. Runs after `fuse-pointwise`.
  static let fuseEpilogue = Pass("fuse-epilogue") { index, rewriter, opsetVersion in
    guard let node = rewriter[index],
      let program = node.pointwiseProgram(in: rewriter.graph, opsetVersion: opsetVersion),
      let extents = rewriter.type(of: node.outputs[0])?.dimensions,
      let taker = lastTaker(before: node, extents, in: rewriter)
    else { return }
    let fusion = PointwiseFusion([(node, program)], first: taker.result, in: rewriter.graph)
    let operands = fusion.inputs.dropFirst()
    guard
      fusion.program.instructions.count <= PointwiseProgram.maximumInstructionCount,
      operands.allSatisfy({ isOperand($0, of: extents, taker.form, in: rewriter) })
    else { return }
    var fused = taker.node
    fused.domain = "tessera"
    fused.inputs += Array(repeating: "", count: taker.form.operandIndex - fused.inputs.count)
    fused.inputs += operands
    fused.attributes["epilogue"] = Attribute(fusion.program)
    fused.outputs = node.outputs
    rewriter.remove(taker.index)
    rewriter.replace(index, with: fused)
  }
}

/// The last node that makes an operand of `node` and may compute the node.
private func lastTaker(
  before node: Node, _ extents: [Dimension], in rewriter: GraphRewriter
) -> (index: Int, node: Node, result: String, form: EpilogueForm)? {
  node.inputs.compactMap { input in
    guard rewriter.hasSingleUse(input), let index = rewriter.producer(of: input),
      let taker = rewriter[index], taker.outputs.allSatisfy({ $0 == input || $0.isEmpty }),
      let form = OperatorRegistry.takingEpilogue(taker)?.epilogueForm,
      taker.attributes["epilogue"] == nil, (try? taker.flagAttribute("max_pool_2x2")) == false,
      rewriter.type(of: input)?.dimensions == extents
    else { return nil }
    return (index, taker, input, form)
  }.max { $0.index < $1.index }
}

/// True for values of these extents, one element a channel, and one element.
private func isOperand(
  _ value: String, of extents: [Dimension], _ form: EpilogueForm, in rewriter: GraphRewriter
) -> Bool {
  guard let own = rewriter.type(of: value)?.dimensions, own.count <= extents.count else {
    return false
  }
  if own == extents || own.allSatisfy({ $0 == .fixed(1) }) { return true }
  let aligned = Array(repeating: .fixed(1), count: extents.count - own.count) + own
  if form.channelsAreLast {
    return aligned.last == extents.last && aligned.dropLast().allSatisfy { $0 == .fixed(1) }
  }
  // Of the values of a run only images are stored in channel blocks.
  return extents.count == 4 && (own.count == 4 || rewriter.constant(value) != nil)
    && [.fixed(1), extents[0]].contains(aligned[0])
    && Array(aligned.dropFirst()) == [extents[1], .fixed(1), .fixed(1)]
}
