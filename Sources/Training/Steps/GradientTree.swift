/// The order in which the gradients of a batch's shards are added: one binary tree over the shards' indices, whose
/// node over 2ˡ shards from a multiple of 2ˡ on is the sum of its halves, or its left half where there is no
/// right one. So the sum has the same bits whoever computes which shard.
///
/// The sums that wait for a right half lie in slots: shard `i` goes to slot `slot(ofShard: i)`, and after it
/// the last slots are added, each to the one before.
enum GradientTree {
  /// The slots that `shardCount` shards take.
  static func slotCount(shardCount: Int) -> Int {
    Int.bitWidth - shardCount.leadingZeroBitCount
  }

  /// Where a shard's gradients go: past the sums that wait.
  static func slot(ofShard shard: Int) -> Int { shard.nonzeroBitCount }

  /// How many times the last slot is added to the one before it once a shard is there.
  static func additions(afterShard shard: Int, of shardCount: Int) -> Int {
    shard + 1 == shardCount ? shard.nonzeroBitCount : (shard + 1).trailingZeroBitCount
  }
}
