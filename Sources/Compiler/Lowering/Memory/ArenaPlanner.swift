/// Byte offsets of buffers in one arena.
package struct ArenaLayout: Sendable, Equatable {
  /// One offset a buffer, in the order given.
  package var byteOffsets: [Int]
  package var byteCount: Int

  package init(byteOffsets: [Int], byteCount: Int) {
    self.byteOffsets = byteOffsets
    self.byteCount = byteCount
  }
}

/// Places buffers so that those that live at the same time do not overlap.
///
/// Greedy offset assignment (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference", arXiv 2001.03288): buffers are placed one after the other at the lowest offset, or in
/// the tightest gap, where they fit among the placed buffers whose lifetimes they meet. Several
/// orders are tried; the first that reaches the lower bound wins, else the smallest arena.
package func planArena(_ buffers: [BufferLifetime], alignment: Int) -> ArenaLayout {
  let bound = arenaLowerBound(buffers, alignment: alignment)
  var best: ArenaLayout?
  for order in placementOrders(buffers) {
    for fit in Fit.allCases {
      let layout = place(buffers, order: order, fit: fit, alignment: alignment)
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
  func liveBytes(at step: Int) -> Int {
    buffers.reduce(0) { $0 + ($1.firstStep <= step && step <= $1.lastStep ? $1.byteCount : 0) }
  }
  let pressure = buffers.map { buffer in
    max(liveBytes(at: buffer.firstStep), liveBytes(at: buffer.lastStep))
  }
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
  _ buffers: [BufferLifetime], order: [Int], fit: Fit, alignment: Int
) -> ArenaLayout {
  var offsets = Array(repeating: 0, count: buffers.count)
  var placed: [Int] = []
  var arenaEnd = 0
  for index in order {
    let size = aligned(buffers[index].byteCount, to: alignment)
    let neighbours = placed.filter { buffers[$0].overlaps(buffers[index]) }
      .map {
        (start: offsets[$0], end: offsets[$0] + aligned(buffers[$0].byteCount, to: alignment))
      }
      .sorted { $0.start < $1.start }
    offsets[index] = offset(of: size, among: neighbours, arenaEnd: arenaEnd, fit: fit)
    arenaEnd = max(arenaEnd, offsets[index] + size)
    placed.append(index)
  }
  return ArenaLayout(byteOffsets: offsets, byteCount: arenaEnd)
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
