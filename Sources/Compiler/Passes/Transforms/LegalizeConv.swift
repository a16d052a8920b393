import GraphIR
import Tensors

extension Pass {
  /// Turns convolutions into the form that later passes fold, where weights are constants, and fuse into.
  ///
  /// ```
  /// y = Conv <auto_pad, strides, …> (x, W, b)
  ///   →
  /// y = tessera.Conv <kernel_shape, strides, pads, dilations, group, activation = "identity",
  ///                   max_pool_2x2 = 0> (x, W, b)
  /// ```
  ///
  /// Legal for float32, where the shapes of W and b are fixed. A `Conv` whose padding is SAME stays until
  /// the extents of its input are fixed.
  static let legalizeConv = Pass("legalize-conv") { index, rewriter, opsetVersion in
    guard let node = rewriter[index], node.isStandard("Conv"), node.inputs.count >= 2,
      node.inputs.dropFirst().allSatisfy({ $0.isEmpty || rewriter.hasFixedFloats($0) }),
      let convolution = try? ConvParameters(
        node, in: rewriter.graph, opsetVersion: opsetVersion)
    else { return }
    var fused = node
    fused.domain = "tessera"
    fused.attributes = FusedConvParameters(convolution: convolution).attributes
    rewriter.replace(index, with: fused)
  }
}
