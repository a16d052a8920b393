import GraphIR
import Tensors

extension Pass {
  /// Recognises the shuffling of channels, as exporters write it.
  ///
  /// ```
  /// a = Reshape (x, [N, g, C / g, H, W])
  /// b = Transpose <perm = [0, 2, 1, 3, 4]> (a)
  /// y = Reshape (b, [N, C, H, W])
  ///   →
  /// y = tessera.ChannelShuffle <groups = g> (x)
  /// ```
  ///
  /// Legal for float32 where `a` and `b` have no other use and the shapes are fixed but for N.
  static let fuseChannelShuffle = Pass("fuse-channel-shuffle") { index, rewriter, opsetVersion in
    guard let last = rewriter[index], last.isStandard("Reshape"),
      let type = rewriter.type(of: last.outputs[0]), type.elementType == .float32,
      let middle = rewriter.soleProducer(of: last.inputs[0], "Transpose"),
      let transpose = try? TransposeParameters(
        middle.node, in: rewriter.graph, opsetVersion: opsetVersion),
      transpose.permutation == [0, 2, 1, 3, 4],
      let first = rewriter.soleProducer(of: middle.node.inputs[0], "Reshape"),
      let source = first.node.input(0), let image = rewriter.type(of: source),
      image.dimensions?.count == 4, image.dimensions == type.dimensions,
      let parts = rewriter.type(of: first.node.outputs[0])?.dimensions,
      let channels = image.dimensions?[1].value, let groups = parts[1].value,
      let groupChannels = parts[2].value, groups > 0, groups * groupChannels == channels,
      let extents = image.dimensions, parts[0] == extents[0], parts[3] == extents[2],
      parts[4] == extents[3], !parts.contains(.unknown)
    else { return }
    var shuffle = last
    shuffle.operatorName = "ChannelShuffle"
    shuffle.domain = "tessera"
    shuffle.inputs = [source]
    shuffle.attributes = ["groups": .int(Int64(groups))]
    rewriter.remove(first.index)
    rewriter.remove(middle.index)
    rewriter.replace(index, with: shuffle)
  }
}

extension GraphRewriter {
  /// The standard node of that operator that makes `value` for a single use.
  fileprivate func soleProducer(
    of value: String, _ operatorName: String
  ) -> (index: Int, node: Node)? {
    guard hasSingleUse(value), let index = producer(of: value), let node = self[index],
      node.isStandard(operatorName)
    else { return nil }
    return (index, node)
  }
}
