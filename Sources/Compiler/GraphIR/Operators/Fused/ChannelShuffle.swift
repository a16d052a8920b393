import Tensors

extension Operator {
  /// `tessera.ChannelShuffle`: images `[N, C, H, W]` whose channel `i · groups + g` is channel
  /// `g · C / groups + i` of the input (Zhang et al., "ShuffleNet", arXiv 1707.01083).
  static let channelShuffle = Operator(
    "ChannelShuffle", domain: "tessera",
    forms: [OperatorForm(inputs: 1...1, attributes: ["groups"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      _ = try ChannelShuffleParameters(node, in: graph, opsetVersion: opsetVersion)
      return [try graph.inputType(0, of: node)]
    })
}

package struct ChannelShuffleParameters: Sendable, Equatable {
  package var groups: Int

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    groups = try node.require(try node.intAttribute("groups"), attribute: "groups")
    let channels = try graph.imageType(0, of: node).dimensions[1]
    guard groups > 0, channels.value.map({ $0 % groups == 0 }) ?? true else {
      throw node.invalid("\(channels) channels do not divide into \(groups) groups")
    }
  }

  /// The channel of the input that is channel `channel` of the output.
  package func source(of channel: Int, channelCount: Int) -> Int {
    channel % groups * (channelCount / groups) + channel / groups
  }
}
