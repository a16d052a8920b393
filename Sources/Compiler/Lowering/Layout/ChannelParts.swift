import GraphIR
import KernelInterface
import Tensors

/// A `Split` of images by channels, or a `Slice` that takes consecutive channels and all else.
struct ChannelParts {
  /// The channels of the input that each output has.
  let ranges: [Range<Int>]
  private let channelCount: Int

  /// Nil for all other nodes.
  init?(_ node: Node, _ graph: Graph, _ opsetVersion: Int) {
    guard node.isStandard, node.operatorName == "Split" || node.operatorName == "Slice",
      let type = graph.type(of: node.inputs[0]), type.elementType == .float32,
      let shape = type.shape, shape.rank == 4
    else { return nil }
    channelCount = shape[1]
    if node.operatorName == "Split" {
      guard let split = try? SplitParameters(node, in: graph, opsetVersion: opsetVersion),
        split.axis == 1
      else { return nil }
      ranges = zip(split.starts, split.sizes).map { $0..<$0 + $1 }
    } else {
      guard let slice = try? SliceParameters(node, in: graph, opsetVersion: opsetVersion),
        slice.steps == [1, 1, 1, 1],
        [0, 2, 3].allSatisfy({ slice.extents[$0] == shape[$0] })
      else { return nil }
      ranges = [slice.starts[1]..<slice.starts[1] + slice.extents[1]]
    }
  }

  /// True if the channels are blocks that hold no others.
  func isWholeBlocks(_ channels: Range<Int>, laneCount: Int) -> Bool {
    channels.lowerBound % laneCount == 0
      && (channels.count % laneCount == 0 || channels.upperBound == channelCount)
  }
}

/// Of a `Split` or `Slice` by channels: blocks if its input has them.
@Sendable func writesPartsOfBlocks(
  _ node: Node, _ graph: Graph, _ blocked: BlockedValues
) -> Bool {
  blocked.contains(node.inputs[0])
    && ChannelParts(node, graph, blocked.opsetVersion) != nil
}
