/// For each buffer those that are live at some step at which it is live.
struct LifetimePairs {
  /// How many pairs a greedy placement may look at: those of 1,000 buffers that are all live together, or
  /// of a chain of 100,000.
  static let maximumCount = 1 << 19

  /// The others of each buffer, one buffer after another.
  private var others: [Int]
  /// Where those of each buffer start; the last entry is where they end.
  private var starts: [Int]

  /// How many pairs of buffers are live together.
  static func count(in buffers: [BufferLifetime]) -> Int {
    let stepCount = (buffers.lazy.map(\.lastStep).max() ?? -1) + 1
    var endedBefore = Array(repeating: 0, count: stepCount + 1)
    for buffer in buffers { endedBefore[buffer.lastStep + 1] += 1 }
    for step in endedBefore.indices.dropFirst() { endedBefore[step] += endedBefore[step - 1] }
    let apart = buffers.reduce(0) { $0 + endedBefore[$1.firstStep] }
    return buffers.count * (buffers.count - 1) / 2 - apart
  }

  init(_ buffers: [BufferLifetime]) {
    var pairs: [(Int, Int)] = []
    var live: [Int] = []
    for index in buffers.indices.sorted(by: { buffers[$0].firstStep < buffers[$1].firstStep }) {
      live.removeAll { buffers[$0].lastStep < buffers[index].firstStep }
      for other in live { pairs.append((index, other)) }
      live.append(index)
    }
    starts = Array(repeating: 0, count: buffers.count + 1)
    for (first, second) in pairs {
      starts[first + 1] += 1
      starts[second + 1] += 1
    }
    for index in buffers.indices { starts[index + 1] += starts[index] }
    var ends = starts
    others = Array(repeating: 0, count: 2 * pairs.count)
    for (first, second) in pairs {
      others[ends[first]] = second
      others[ends[second]] = first
      ends[first] += 1
      ends[second] += 1
    }
  }

  /// The buffers that meet buffer `index`, in no order.
  subscript(index: Int) -> ArraySlice<Int> { others[starts[index]..<starts[index + 1]] }
}
