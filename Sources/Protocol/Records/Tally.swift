/// Images and errors, counted over records.
///
/// The hits of a record are those of every network in turn, each at every scale and then over its
/// scales, and at last those of all networks fused.
package struct Tally: Sendable, Equatable {
  /// Images whose label is not first, and whose label is not among the first five.
  package struct Misses: Sendable, Equatable {
    package internal(set) var top1 = 0
    package internal(set) var top5 = 0
  }

  package let networkCount: Int
  package let scaleCount: Int
  /// Images that were classified.
  package private(set) var imageCount = 0
  /// Images that could not be read.
  package private(set) var skippedCount = 0
  private var misses: [Misses]

  package init(networkCount: Int, scaleCount: Int) {
    self.networkCount = networkCount
    self.scaleCount = scaleCount
    misses = Array(
      repeating: Misses(), count: Self.hitCount(networkCount: networkCount, scaleCount: scaleCount))
  }

  /// Hits of a record.
  package static func hitCount(networkCount: Int, scaleCount: Int) -> Int {
    networkCount * (scaleCount + 1) + 1
  }

  package mutating func count(_ record: ImageRecord) {
    guard case .classified(let hits, _) = record.outcome else {
      skippedCount += 1
      return
    }
    imageCount += 1
    for (index, hit) in zip(misses.indices, hits) {
      if hit != .top1 { misses[index].top1 += 1 }
      if hit == .none { misses[index].top5 += 1 }
    }
  }

  /// Of one network at one scale.
  package func misses(network: Int, scale: Int) -> Misses {
    misses[network * (scaleCount + 1) + scale]
  }

  /// Of one network over its scales.
  package func misses(network: Int) -> Misses { misses(network: network, scale: scaleCount) }

  /// Of all networks fused.
  package var fusedMisses: Misses { misses[misses.count - 1] }

  /// The share of the classified images; NaN if there are none.
  package func share(_ count: Int) -> Double { Double(count) / Double(imageCount) }
}
