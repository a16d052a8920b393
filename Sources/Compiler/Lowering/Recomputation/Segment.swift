/// Consecutive stages of which none but the last leaves anything for the backward part, which computes them anew
/// from what the stage before left: what a choice of kept buffers consists of.
struct Segment: Equatable {
  /// Never empty.
  var stages: Range<Int>
  /// True if the last stage keeps all that backward steps read of it, not its output alone.
  var keepsInner: Bool
  /// Bytes that stay from the last stage on to its backward steps.
  var keptByteCount: Int
  /// Of the steps that run again.
  var seconds: Double
  /// The most bytes that are live while steps of the stages run, forward or backward, without what earlier
  /// segments keep.
  var peakByteCount: Int
}

/// The segments, one after the other, that keep every byte count within a limit in the least time.
///
/// Exact: a dynamic program over the stages, whose states are the pairs of kept bytes and seconds that no other
/// pair is better than in both. More than a few thousand at one stage are thinned out, which costs time of the result
/// but never memory.
struct SegmentChoice {
  /// States of a stage from which on they are thinned out.
  private static let maximumStateCount = 4096

  let stageCount: Int
  /// By first stage.
  private var segments: [[Segment]]

  init(_ segments: [Segment], stageCount: Int) {
    self.stageCount = stageCount
    self.segments = Array(repeating: [], count: stageCount)
    for segment in segments { self.segments[segment.stages.lowerBound].append(segment) }
  }

  private struct State {
    var keptByteCount: Int
    var seconds: Double
    /// The last segment and the state before it; nil at the start.
    var last: (segment: Segment, state: Int)?
  }

  /// Nil if nothing fits.
  func cheapest(within byteCount: Int) -> [Segment]? {
    var states: [[State]] = Array(repeating: [], count: stageCount + 1)
    states[0] = [State(keptByteCount: 0, seconds: 0)]
    for stage in 0..<stageCount {
      states[stage] = Self.best(states[stage])
      for segment in segments[stage] {
        for (index, state) in states[stage].enumerated()
        where state.keptByteCount + segment.peakByteCount <= byteCount {
          states[segment.stages.upperBound].append(
            State(
              keptByteCount: state.keptByteCount + segment.keptByteCount,
              seconds: state.seconds + segment.seconds, last: (segment, index)))
        }
      }
    }
    guard var state = Self.best(states[stageCount]).last else { return nil }
    var chosen: [Segment] = []
    while let (segment, index) = state.last {
      chosen.append(segment)
      state = states[segment.stages.lowerBound][index]
    }
    return chosen.reversed()
  }

  /// The states that no other is better than, by growing bytes and falling seconds.
  private static func best(_ states: [State]) -> [State] {
    var best: [State] = []
    let order = states.sorted { ($0.keptByteCount, $0.seconds) < ($1.keptByteCount, $1.seconds) }
    for state in order where best.last.map({ state.seconds < $0.seconds }) ?? true {
      best.append(state)
    }
    guard best.count > maximumStateCount else { return best }
    let last = best.count - 1
    return (0..<maximumStateCount).map { best[$0 * last / (maximumStateCount - 1)] }
  }

  /// The most bytes that are live with these segments.
  static func peakByteCount(_ segments: [Segment]) -> Int {
    var (kept, peak) = (0, 0)
    for segment in segments {
      peak = max(peak, kept + segment.peakByteCount)
      kept += segment.keptByteCount
    }
    return peak
  }

  /// The least limit within which there is a choice; nil without one.
  var leastByteCount: Int? {
    // Of two ways to a stage within a limit, the one that keeps less goes on wherever the other does.
    func isPossible(_ limit: Int) -> Bool {
      var kept: [Int?] = Array(repeating: nil, count: stageCount + 1)
      kept[0] = 0
      for stage in 0..<stageCount {
        guard let before = kept[stage] else { continue }
        for segment in segments[stage] where before + segment.peakByteCount <= limit {
          let end = segment.stages.upperBound
          kept[end] = min(kept[end] ?? .max, before + segment.keptByteCount)
        }
      }
      return kept[stageCount] != nil
    }
    var (low, high) = (0, segments.joined().reduce(0) { $0 + $1.peakByteCount + $1.keptByteCount })
    guard isPossible(high) else { return nil }
    while low < high {
      let middle = low + (high - low) / 2
      if isPossible(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
