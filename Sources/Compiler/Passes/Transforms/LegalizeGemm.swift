import GraphIR
import Tensors

extension Pass {
  /// Turns matrix products with constant weights into the form that later passes fold and fuse into.
  ///
  /// ```
  /// y = Gemm <alpha, beta, transB> (x, W, c)
  ///   →
  /// y = tessera.Gemm <trans_b = transB, activation = "identity"> (x, alpha W, beta c)
  ///
  /// y = MatMul (x, W)
  ///   →
  /// y = tessera.Gemm <trans_b = 0, activation = "identity"> (x, W)
  /// ```
  ///
  /// Legal for float32, where W is a constant matrix, x has at least rank 2 and is not transposed, and
  /// c is absent or a constant that is the same for all rows. With beta = 0, c is left out, as BLAS
  /// does. The factors are applied in Float64 and each result is rounded once; the node stays where
  /// one would not be finite.
  static let legalizeGemm = Pass("legalize-gemm") {
    index, rewriter, opsetVersion throws(TesseraError) in
    guard let node = rewriter[index], node.isStandard, let weights = node.input(1),
      rewriter.isFloatConstant(weights), rewriter.constant(weights)?.shape.rank == 2
    else { return }
    switch node.operatorName {
    case "Gemm": try legalize(gemm: node, at: index, in: &rewriter, opsetVersion: opsetVersion)
    case "MatMul":
      guard let rank = rewriter.type(of: node.inputs[0])?.dimensions?.count, rank >= 2 else {
        return
      }
      rewriter.replace(index, with: node.asFusedGemm(transB: false, inputs: node.inputs))
    default: return
    }
  }
}

private func legalize(
  gemm node: Node, at index: Int, in rewriter: inout GraphRewriter, opsetVersion: Int
) throws(TesseraError) {
  guard
    let gemm = try? GemmParameters(node, in: rewriter.graph, opsetVersion: opsetVersion),
    !gemm.transA, let weights = rewriter.constant(node.inputs[1])
  else { return }
  let columns = weights.shape[gemm.transB ? 0 : 1]

  var newWeights: Tensor?
  if gemm.alpha != 1 {
    newWeights = try weights.multiplied(by: [Double(gemm.alpha)]) { _ in 0 }
    guard newWeights != nil else { return }
  }
  var newBias: Tensor?
  if let name = node.input(2), gemm.beta != 0 {
    guard let addend = rewriter.constant(name),
      let values = addend.channelVector(channels: columns, dimension: 1, rank: 2),
      let rounded = try Tensor.rounding(
        values.map { $0 * Double(gemm.beta) }, shape: .vector(columns))
    else { return }
    newBias = rounded
  }

  var inputs = Array(node.inputs.prefix(2))
  if let newWeights { inputs[1] = rewriter.replaceConstant(inputs[1], with: newWeights) }
  if let newBias { inputs.append(rewriter.replaceConstant(node.inputs[2], with: newBias)) }
  rewriter.replace(index, with: node.asFusedGemm(transB: gemm.transB, inputs: inputs))
}

extension Node {
  fileprivate func asFusedGemm(transB: Bool, inputs: [String]) -> Node {
    var fused = self
    fused.operatorName = "Gemm"
    fused.domain = "tessera"
    fused.inputs = inputs
    fused.attributes = FusedGemmParameters(transB: transB).attributes
    return fused
  }
}
