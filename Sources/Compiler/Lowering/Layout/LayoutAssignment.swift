import GraphIR
import Tensors

/// The border with which the producer of each value should store it in blocks: the largest that any
/// user of the value reads, so that one stored image serves all of them.
struct LayoutAssignment {
  private var borders: [String: Border] = [:]

  init(_ demands: [ImageDemand], laneCount: Int) {
    for demand in demands where demand.channelBlock == laneCount {
      borders[demand.value] = (borders[demand.value] ?? Border()).union(demand.border)
    }
  }

  /// The border for a producer to store around `value`.
  func border(of value: String) -> Border { borders[value] ?? Border() }

  /// True if some user reads `value` in channel blocks.
  func isWantedInBlocks(_ value: String) -> Bool { borders[value] != nil }
}
