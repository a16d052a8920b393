import Testing

@testable import TesseraTraining

struct GradientTreeTests {
  /// The sum over `count` shards from `first` on of a node of `size`, a power of 2, with its order as text.
  private static func sum(_ first: Int, _ count: Int, size: Int) -> String {
    guard size > 1 else { return "\(first)" }
    let half = size / 2
    let left = sum(first, min(count, half), size: half)
    return count > half ? "(\(left)+\(sum(first + half, count - half, size: half)))" : left
  }

  @Test(arguments: 1...40)
  func addsAlongTheTree(shardCount: Int) {
    var size = 1
    while size < shardCount { size *= 2 }
    let slotCount = GradientTree.slotCount(shardCount: shardCount)
    var slots = [String](repeating: "", count: slotCount)
    for shard in 0..<shardCount {
      var slot = GradientTree.slot(ofShard: shard)
      slots[slot] = "\(shard)"
      for _ in 0..<GradientTree.additions(afterShard: shard, of: shardCount) {
        slots[slot - 1] = "(\(slots[slot - 1])+\(slots[slot]))"
        slot -= 1
      }
    }
    #expect(slots[0] == Self.sum(0, shardCount, size: size))
  }
}
