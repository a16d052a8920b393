import GraphIR
import Tensors

extension Pass {
  /// Folds a batch normalization at inference into the convolution or matrix product before it.
  ///
  /// ```
  /// c = tessera.Conv (x, W, b)
  /// y = BatchNormalization <epsilon> (c, scale, bias, mean, variance)
  ///   →
  /// y = tessera.Conv (x, s W, s (b - mean) + bias)      s = scale / √(variance + epsilon)
  /// ```
  ///
  /// The same for `tessera.Gemm` with an output `[M, N]`. Legal where the four vectors are constants,
  /// `c` has no other use, is not an output of the graph, and no activation or pooling lies between.
  /// The factors are computed in Float64 and each folded weight is rounded once; nothing is folded
  /// where one would not be finite (a variance below -epsilon, an overflow), so that the network
  /// keeps the values that it had. Runs after `legalize-conv` and `legalize-gemm`.
  static let foldBatchNorm = Pass("fold-batch-norm") {
    index, rewriter, opsetVersion throws(TesseraError) in
    guard let node = rewriter[index], node.isStandard("BatchNormalization"),
      let producer = rewriter.fusedProducer(of: node.input(0)),
      let linear = LinearNode(producer.index, in: rewriter, opsetVersion: opsetVersion),
      linear.hasLinearOutput, linear.outputChannelDimension(in: rewriter) == 1,
      let affine = ChannelAffine(
        normalizing: node, in: rewriter.graph, opsetVersion: opsetVersion),
      affine.scale.count == linear.outputChannels,
      let folded = try linear.following(affine, in: &rewriter)
    else { return }
    rewriter.fuse(index, into: producer.index, as: folded)
  }
}
