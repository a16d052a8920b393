/// Places buffers in the order of their first use, and backwards in the order of their last use, each in
/// memory that is free at that time. The smaller arena wins.
func placeInOrderOfTime(_ buffers: [BufferLifetime], alignment: Int) -> ArenaLayout {
  let forwards = place(buffers.map { ($0.firstStep, $0.lastStep) }, buffers, alignment)
  guard forwards.byteCount > arenaLowerBound(buffers, alignment: alignment) else { return forwards }
  let backwards = place(buffers.map { (-$0.lastStep, -$0.firstStep) }, buffers, alignment)
  return backwards.byteCount < forwards.byteCount ? backwards : forwards
}

/// - Parameter times: when each buffer is taken and when it is given back, both included.
private func place(
  _ times: [(start: Int, end: Int)], _ buffers: [BufferLifetime], _ alignment: Int
) -> ArenaLayout {
  // A buffer without bytes takes none at any place.
  let indices = buffers.indices.filter { buffers[$0].byteCount > 0 }
  let sizes = buffers.map { aligned($0.byteCount, to: alignment) }
  var endings = indices.sorted { (times[$0].end, $0) < (times[$1].end, $1) }[...]
  var memory = FreeSlices()
  var offsets = Array(repeating: 0, count: buffers.count)
  for index in indices.sorted(by: {
    (times[$0].start, -sizes[$0], $0) < (times[$1].start, -sizes[$1], $1)
  }) {
    while let ended = endings.first, times[ended].end < times[index].start {
      memory.give(offsets[ended]..<offsets[ended] + sizes[ended])
      endings.removeFirst()
    }
    offsets[index] = memory.take(sizes[index])
  }
  return ArenaLayout(byteOffsets: offsets, byteCount: memory.byteCount)
}
