import GraphIR
import Tensors

extension Pass {
  /// Folds additions, subtractions, products and quotients by constants into the weights and the
  /// bias of a neighbouring convolution or matrix product.
  ///
  /// ```
  /// c = tessera.Conv (x, W, b)                           p = Mul (x, constant)
  /// y = Mul (c, constant)                                y = tessera.Conv (p, W, b)
  ///   →                                                    →
  /// y = tessera.Conv (x, constant W, constant b)         y = tessera.Conv (x, constant W, b)
  /// ```
  ///
  /// | operator | after the product | before it |
  /// |---|---|---|
  /// | `v + a`, `v - a`, `a - v` | `± W`, `± b ± a` | `± W`, `b + Σ ± a W` |
  /// | `v * a`, `v / a` | `a W`, `a b` | `a W`, `b` |
  ///
  /// The same for `tessera.Gemm`; `MatMul` with a bias `Add` becomes one node this way. Legal where
  /// the constant is float32 and a scalar or a vector of channels (dimension 1 of images, the last
  /// one of matrices) that does not extend the other operand's shape, where the value between the
  /// two has no other use and is not an output of the graph, and no activation or pooling lies
  /// between. Before a convolution with padding only `*` and `/` are legal, as they keep the
  /// padding's zeros. Sums and products are formed in Float64 and rounded once; nothing is folded
  /// where a result would not be finite. Runs after `legalize-conv`, `legalize-gemm` and `fold-pad`.
  static let foldScalarArithmetic = Pass("fold-scalar-arithmetic") {
    graph, context throws(TesseraError) in
    var rewriter = GraphRewriter(graph)
    for index in graph.nodes.indices {
      try foldIntoProducer(index, in: &rewriter, opsetVersion: context.opsetVersion)
    }
    for index in graph.nodes.indices.reversed() {
      try foldIntoUser(index, in: &rewriter, opsetVersion: context.opsetVersion)
    }
    return rewriter.commit(to: &graph)
  }
}

/// An elementwise operator between a value and a constant.
private struct ConstantArithmetic {
  let operatorName: String
  let value: String
  let constant: Tensor
  let constantIsFirst: Bool
  let output: String

  init?(_ index: Int, in rewriter: GraphRewriter) {
    guard let node = rewriter[index], node.isStandard, node.inputs.count == 2,
      ["Add", "Sub", "Mul", "Div"].contains(node.operatorName), let output = node.output(0)
    else { return nil }
    operatorName = node.operatorName
    self.output = output
    switch (rewriter.constant(node.inputs[0]), rewriter.constant(node.inputs[1])) {
    case (let first?, nil): (constant, value, constantIsFirst) = (first, node.inputs[1], true)
    case (nil, let second?): (constant, value, constantIsFirst) = (second, node.inputs[0], false)
    default: return nil
    }
  }

  func affine(_ operand: [Double]) -> ChannelAffine? {
    ChannelAffine(operatorName, operand: operand, isFirst: constantIsFirst)
  }
}

private func foldIntoProducer(
  _ index: Int, in rewriter: inout GraphRewriter, opsetVersion: Int
) throws(TesseraError) {
  guard let arithmetic = ConstantArithmetic(index, in: rewriter),
    let producer = rewriter.fusedProducer(of: arithmetic.value),
    let linear = LinearNode(producer.index, in: rewriter, opsetVersion: opsetVersion),
    linear.hasLinearOutput,
    let operand = linear.outputVector(arithmetic.constant, in: rewriter),
    let affine = arithmetic.affine(operand),
    let folded = try linear.following(affine, in: &rewriter)
  else { return }
  rewriter.fuse(index, into: producer.index, as: folded)
}

private func foldIntoUser(
  _ index: Int, in rewriter: inout GraphRewriter, opsetVersion: Int
) throws(TesseraError) {
  guard let arithmetic = ConstantArithmetic(index, in: rewriter),
    rewriter.hasSingleUse(arithmetic.output),
    let user = rewriter.firstUser(of: arithmetic.output),
    let linear = LinearNode(user, in: rewriter, opsetVersion: opsetVersion),
    linear.node.input(0) == arithmetic.output,
    let operand = linear.inputVector(
      arithmetic.constant, value: arithmetic.value, in: rewriter),
    let affine = arithmetic.affine(operand),
    var folded = try linear.preceding(affine, in: &rewriter)
  else { return }
  rewriter.remove(index)
  folded.inputs[0] = arithmetic.value
  rewriter.replace(user, with: folded)
}
