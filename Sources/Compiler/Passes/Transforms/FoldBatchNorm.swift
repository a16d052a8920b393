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
      let affine = normalization(
        node, channels: linear.outputChannels, in: rewriter, opsetVersion: opsetVersion),
      let folded = try linear.following(affine, in: &rewriter)
    else { return }
    rewriter.fuse(index, into: producer.index, as: folded)
  }
}

/// What a batch normalization with constant statistics does to each channel; nil for others.
private func normalization(
  _ node: Node, channels: Int, in rewriter: GraphRewriter, opsetVersion: Int
) -> ChannelAffine? {
  guard
    let parameters = try? BatchNormalizationParameters(
      node, in: rewriter.graph, opsetVersion: opsetVersion)
  else { return nil }
  var vectors: [[Double]] = []
  for name in node.inputs.dropFirst() {
    guard let values = rewriter.constant(name)?.doubles(), values.count == channels
    else { return nil }
    vectors.append(values)
  }
  guard vectors.count == 4 else { return nil }
  let (scale, bias, mean, variance) = (vectors[0], vectors[1], vectors[2], vectors[3])
  let factors = (0..<channels).map { channel in
    scale[channel] / (variance[channel] + Double(parameters.epsilon)).squareRoot()
  }
  return ChannelAffine(
    scale: factors,
    offset: (0..<channels).map { bias[$0] - factors[$0] * mean[$0] })
}
