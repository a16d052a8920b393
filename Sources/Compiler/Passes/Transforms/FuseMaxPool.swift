import GraphIR
import Tensors

extension Pass {
  /// Lets a convolution pool its results before it stores them.
  ///
  /// ```
  /// c = tessera.Conv <max_pool_2x2 = 0> (x, W, b)
  /// y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (c)
  ///   →
  /// y = tessera.Conv <max_pool_2x2 = 1> (x, W, b)
  /// ```
  ///
  /// Legal where the windows are not padded and not dilated, `c` has no other use and is not an
  /// output of the graph, and nothing asks for the indices. An odd last row or column is dropped, so
  /// with `ceil_mode` the extents of `c` must be even and fixed. Runs after `fuse-activation`, as the
  /// activation is applied before the pooling.
  static let fuseMaxPool = Pass("fuse-max-pool") { index, rewriter, opsetVersion in
    guard let node = rewriter[index], node.isStandard("MaxPool"),
      node.outputs.dropFirst().allSatisfy(rewriter.isUnused),
      let producer = rewriter.fusedProducer(of: node.input(0)),
      var fused = try? FusedConvParameters(
        producer.node, in: rewriter.graph, opsetVersion: opsetVersion),
      producer.node.operatorName == "Conv", !fused.poolsMax2x2,
      let pool = try? PoolParameters(node, in: rewriter.graph, opsetVersion: opsetVersion),
      pool.kernel == [2, 2], pool.strides == [2, 2], pool.dilations == [1, 1],
      pool.padsBegin == [0, 0], pool.padsEnd == [0, 0],
      !pool.ceilMode || hasEvenExtents(rewriter.type(of: node.inputs[0]))
    else { return }
    fused.poolsMax2x2 = true
    var pooled = producer.node
    pooled.attributes = fused.attributes
    rewriter.fuse(index, into: producer.index, as: pooled)
  }
}

/// True if an image's rows and columns are known to be even in number.
private func hasEvenExtents(_ type: TensorType?) -> Bool {
  guard let extents = type?.dimensions?.suffix(2), extents.count == 2 else { return false }
  return extents.allSatisfy { $0.value?.isMultiple(of: 2) ?? false }
}
