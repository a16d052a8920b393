import Testing

@testable import TesseraTraining

struct GradientScheduleTests {
  /// The sum over `count` shards from `first` on of a node of `size`, a power of 2, with its order as text.
  private static func sum(_ first: Int, _ count: Int, size: Int) -> String {
    guard size > 1 else { return "\(first)" }
    let half = size / 2
    let left = sum(first, min(count, half), size: half)
    return count > half ? "(\(left)+\(sum(first + half, count - half, size: half)))" : left
  }

  private static func expected(_ shardCount: Int) -> String {
    var size = 1
    while size < shardCount { size *= 2 }
    return sum(0, shardCount, size: size)
  }

  /// A rank's slots once it has done what it can do alone, and the shards that it computed.
  private func local(_ schedule: GradientSchedule) throws -> (slots: [String], shards: [Int]) {
    var slots = [String](repeating: "", count: schedule.slotCount)
    var shards: [Int] = []
    for step in schedule.local {
      switch step {
      case .shard(let shard, let slot):
        try #require(slots.indices.contains(slot))
        slots[slot] = "\(shard)"
        shards.append(shard)
      case .add(let left, let right): slots[left] = "(\(slots[left])+\(slots[right]))"
      }
    }
    return (slots, shards)
  }

  /// Sends wait until they are received, as those of long messages do.
  @Test(arguments: 1...40)
  func addsAlongTheTree(shardCount: Int) throws {
    for size in 1...min(shardCount, 9) {
      let schedules = (0..<size).map {
        GradientSchedule(shardCount: shardCount, rank: $0, size: size)
      }
      let parts = try schedules.map(local)
      #expect(parts.flatMap(\.shards) == Array(0..<shardCount))
      var slots = parts.map(\.slots)
      var rest = schedules.map { $0.exchanges[...] }
      var isMoving = true
      while isMoving {
        isMoving = false
        for rank in 0..<size {
          switch rest[rank].first {
          case .add(let left, let right):
            slots[rank][left] = "(\(slots[rank][left])+\(slots[rank][right]))"
            rest[rank].removeFirst()
            isMoving = true
          case .receive(let slot, let sender):
            guard case .send(let sent, rank) = rest[sender].first else { continue }
            slots[rank][slot] = slots[sender][sent]
            rest[rank].removeFirst()
            rest[sender].removeFirst()
            isMoving = true
          case .send, nil: continue
          }
        }
      }
      #expect(rest.map(\.count) == Array(repeating: 0, count: size))
      #expect(slots[0][0] == Self.expected(shardCount), "\(size) ranks")
    }
  }

  /// A rank whose shards are a node of the tree sends one sum.
  @Test func wholeNodesTravelOnce() {
    for (shardCount, size) in [(8, 2), (8, 4), (8, 8), (32, 4)] {
      for rank in 1..<size {
        let schedule = GradientSchedule(shardCount: shardCount, rank: rank, size: size)
        let sends = schedule.exchanges.count { if case .send = $0 { true } else { false } }
        #expect(sends == 1)
      }
    }
  }

  @Test func aRankAloneHoldsOneSumALevel() {
    for (shardCount, slotCount) in [(1, 1), (2, 2), (4, 3), (6, 3), (8, 4), (32, 6)] {
      let schedule = GradientSchedule(shardCount: shardCount)
      #expect(schedule.slotCount == slotCount && schedule.exchanges.isEmpty)
    }
  }

  @Test func partsAreAlike() {
    for size in 1...9 {
      for count in 0...40 {
        let parts = (0..<size).map { GradientSchedule.part(of: count, rank: $0, size: size) }
        #expect(parts.flatMap { Array($0) } == Array(0..<count))
        #expect(Set(parts.map(\.count)).isSubset(of: [count / size, count / size + 1]))
      }
    }
  }
}
