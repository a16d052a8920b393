import GraphIR
import Tensors

/// The border with which the producer of each value should store it in blocks: the largest that any
/// user of the value reads, so that one stored image serves all of them. Values that lie in one buffer
/// have one border.
struct LayoutAssignment {
  private var borders: [String: Border] = [:]

  private let slices: ChannelSlices

  init(_ demands: [ImageDemand], laneCount: Int, slices: ChannelSlices) {
    self.slices = slices
    for demand in demands where demand.channelBlock == laneCount {
      borders[slices.owner(of: demand.value), default: Border()].formUnion(demand.border)
    }
  }

  /// The border for a producer to store around `value`.
  func border(of value: String) -> Border {
    borders[slices.owner(of: value)] ?? Border()
  }

  /// True if some user reads `value` in channel blocks.
  func isWantedInBlocks(_ value: String) -> Bool { borders[value] != nil }
}
