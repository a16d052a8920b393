import GraphIR
import Tensors

extension Pass {
  /// Lets a convolution or matrix product apply the activation that follows it.
  ///
  /// ```
  /// c = tessera.Conv <activation = "identity"> (x, W, b)
  /// y = Relu (c)                     or   y = Clip (c, low, high)
  ///   →
  /// y = tessera.Conv <activation = "relu"> (x, W, b)     or "clamp", low, high
  /// ```
  ///
  /// The same for `tessera.Gemm`, and for an activation that follows another one: both together are
  /// one clamp. Legal where `c` has no other use and is not an output of the graph, and the bounds of
  /// `Clip` are float32 constants or absent. A 2×2 pooling that is already fused may lie between:
  /// activations never decrease, so the greatest of four stays the greatest. Runs after the folding
  /// passes, which need the identity here.
  static let fuseActivation = Pass("fuse-activation") { index, rewriter, opsetVersion in
    guard let node = rewriter[index],
      let activation = FusedActivation(
        replacing: node, in: rewriter.graph, opsetVersion: opsetVersion),
      let producer = rewriter.fusedProducer(of: node.input(0)),
      let current = try? FusedActivation(producer.node),
      let composed = current.followed(by: activation)
    else { return }
    rewriter.fuse(index, into: producer.index, as: producer.node.with(composed))
  }
}

extension FusedActivation {
  /// The activation that a `Relu` or `Clip` node is; nil for other nodes and for bounds that are not
  /// constant.
  fileprivate init?(replacing node: Node, in graph: Graph, opsetVersion: Int) {
    if node.isStandard("Relu") {
      self = .relu
    } else if node.isStandard("Clip"),
      let clip = try? ClipParameters(node, in: graph, opsetVersion: opsetVersion)
    {
      self.init(low: clip.min ?? -.infinity, high: clip.max ?? .infinity)
    } else {
      return nil
    }
  }
}
