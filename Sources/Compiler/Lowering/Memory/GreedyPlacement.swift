/// Greedy offset assignment (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference", arXiv 2001.03288): buffers are placed one after the other at the lowest offset, or in
/// the tightest gap, where they fit among the placed buffers whose lifetimes they meet. Several
/// orders are tried; the first that reaches the lower bound wins, else the smallest arena.
func placeGreedily(_ buffers: [BufferLifetime], alignment: Int) -> ArenaLayout {
  let bound = arenaLowerBound(buffers, alignment: alignment)
  let pairs = LifetimePairs(buffers)
  var best: ArenaLayout?
  for order in placementOrders(buffers) {
    for fit in Fit.allCases {
      let layout = place(buffers, pairs, order: order, fit: fit, alignment: alignment)
      if layout.byteCount < best?.byteCount ?? Int.max { best = layout }
      if layout.byteCount == bound { return layout }
    }
  }
  return best ?? ArenaLayout(byteOffsets: [], byteCount: 0)
}

private enum Fit: CaseIterable { case lowest, tightest, highest }

/// By size, by the busiest step first, by first use, by length of life.
private func placementOrders(_ buffers: [BufferLifetime]) -> [[Int]] {
  let indices = Array(buffers.indices)
  let live = LiveBytes(buffers, alignment: 1)
  let pressure = buffers.map { max(live[$0.firstStep], live[$0.lastStep]) }
  func sorted(by key: (Int) -> (Int, Int, Int)) -> [Int] {
    indices.sorted { key($0) < key($1) }
  }
  return [
    sorted { (-buffers[$0].byteCount, buffers[$0].firstStep, $0) },
    sorted { (-pressure[$0], -buffers[$0].byteCount, $0) },
    sorted { (buffers[$0].firstStep, -buffers[$0].byteCount, $0) },
    sorted { (-buffers[$0].lastStep, -buffers[$0].byteCount, $0) },
    sorted { (buffers[$0].firstStep - buffers[$0].lastStep, -buffers[$0].byteCount, $0) },
  ]
}

private func place(
  _ buffers: [BufferLifetime], _ pairs: LifetimePairs, order: [Int], fit: Fit, alignment: Int
) -> ArenaLayout {
  var offsets: [Int?] = Array(repeating: nil, count: buffers.count)
  var arenaEnd = 0
  for index in order {
    let size = aligned(buffers[index].byteCount, to: alignment)
    var neighbours: [(start: Int, end: Int)] = []
    for other in pairs[index] {
      guard let start = offsets[other] else { continue }
      neighbours.append((start, start + aligned(buffers[other].byteCount, to: alignment)))
    }
    neighbours.sort { $0.start < $1.start }
    let start = offset(of: size, among: neighbours, arenaEnd: arenaEnd, fit: fit)
    offsets[index] = start
    arenaEnd = max(arenaEnd, start + size)
  }
  return ArenaLayout(byteOffsets: offsets.map { $0 ?? 0 }, byteCount: arenaEnd)
}

/// Where a slice of `size` bytes goes among occupied ranges sorted by their start.
private func offset(
  of size: Int, among occupied: [(start: Int, end: Int)], arenaEnd: Int, fit: Fit
) -> Int {
  var gaps: [(start: Int, end: Int)] = []
  var position = 0
  for range in occupied {
    if range.start - position >= size { gaps.append((position, range.start)) }
    position = max(position, range.end)
  }
  if arenaEnd - position >= size { gaps.append((position, arenaEnd)) }
  switch fit {
  case .lowest: return gaps.first?.start ?? position
  case .tightest: return gaps.min { $0.end - $0.start < $1.end - $1.start }?.start ?? position
  case .highest: return gaps.last.map { $0.end - size } ?? position
  }
}
