import GraphIR
import KernelInterface
import Tensors

/// Which images lie among the channel blocks of others: the inputs of a concatenation over channels are
/// written where its result has them, and whole blocks of a split are read where they lie.
struct ChannelSlices {
  /// A value's place in the images of another.
  struct Place: Equatable {
    /// The value whose buffer holds all blocks.
    var whole: String
    var firstBlock: Int
  }

  private var places: [String: Place] = [:]
  /// Of values that are read in place, the value that decides the border.
  private var owners: [String: String] = [:]

  /// The last concatenation is placed first, so that those before it, whose results it extends, take
  /// what they have in common with it as part of it.
  init(_ context: LoweringContext) {
    for node in context.graph.nodes.reversed()
    where node.isStandard && node.operatorName == "Concat" {
      place(node, context)
    }
    for node in context.graph.nodes {
      guard let parts = ChannelParts(node, context.graph, context.opsetVersion),
        context.blockedValues.contains(node.inputs[0])
      else { continue }
      for (output, channels) in zip(node.outputs, parts.ranges)
      where !output.isEmpty && parts.isWholeBlocks(channels, laneCount: context.laneCount) {
        owners[output] = owner(of: node.inputs[0])
      }
    }
  }

  func place(of value: String) -> Place? { places[value] }

  /// The value that stands for all that lie in one buffer.
  func owner(of value: String) -> String { places[value]?.whole ?? owners[value] ?? value }

  private mutating func place(_ node: Node, _ context: LoweringContext) {
    guard context.blockedValues.contains(node.outputs[0]),
      let firstBlocks = firstBlocks(node.inputs, context)
    else { return }
    let output = node.outputs[0]
    if places[output] == nil, let first = places[node.inputs[0]],
      zip(node.inputs, firstBlocks).allSatisfy({ input, block in
        places[input] == Place(whole: first.whole, firstBlock: first.firstBlock + block)
      })
    {
      places[output] = first
      return
    }
    let base = places[output] ?? Place(whole: output, firstBlock: 0)
    places[output] = base
    for (input, block) in zip(node.inputs, firstBlocks)
    where places[input] == nil && storesAnew(input, context) {
      places[input] = Place(whole: base.whole, firstBlock: base.firstBlock + block)
    }
  }

  /// The block at which each input starts; nil if one starts within a block.
  private func firstBlocks(_ inputs: [String], _ context: LoweringContext) -> [Int]? {
    var blocks: [Int] = []
    var channel = 0
    for input in inputs {
      guard channel % context.laneCount == 0, let shape = context.graph.type(of: input)?.shape
      else { return nil }
      blocks.append(channel / context.laneCount)
      channel += shape[1]
    }
    return blocks
  }

  /// True if a step stores the value in channel blocks of its own.
  private func storesAnew(_ value: String, _ context: LoweringContext) -> Bool {
    guard context.blockedValues.contains(value), let node = context.producers[value] else {
      return false
    }
    return ChannelParts(node, context.graph, context.opsetVersion) == nil
      && !(node.domain == "tessera" && node.operatorName == "ChannelShuffle")
  }
}
