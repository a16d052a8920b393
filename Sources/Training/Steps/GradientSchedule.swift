/// What one of the processes that train together does to add the gradients of a batch's shards: along one binary
/// tree over the shards' indices, whose node over 2ˡ shards from a multiple of 2ˡ on is the sum of its halves,
/// or its left half where there is no right one. So the sum has the same bits whoever computes which shard.
///
/// A process owns shards that follow one another, and each node whose first shard it owns. Sums lie in
/// slots; the root's first slot holds that of the batch at the end.
struct GradientSchedule: Equatable {
  /// Of shards that the process computes, and of nodes whose shards it all owns.
  enum LocalStep: Equatable {
    case shard(Int, slot: Int)
    /// Adds the second slot to the first.
    case add(Int, Int)
  }

  /// Of the other nodes. Every process goes through them in one order of all, so that none waits for ever.
  enum Exchange: Equatable {
    case send(slot: Int, to: Int)
    case receive(slot: Int, from: Int)
    case add(Int, Int)
  }

  private(set) var local: [LocalStep] = []
  private(set) var exchanges: [Exchange] = []
  private(set) var slotCount = 0

  /// The items of a process among `count`: each has as many as the others or one more, the first ones more.
  static func part(of count: Int, rank: Int, size: Int) -> Range<Int> {
    let (least, more) = count.quotientAndRemainder(dividingBy: size)
    let first = rank * least + min(rank, more)
    return first..<first + least + (rank < more ? 1 : 0)
  }

  init(shardCount: Int, rank: Int = 0, size: Int = 1) {
    var owners: [Int] = []
    for owner in 0..<size {
      owners += Self.part(of: shardCount, rank: owner, size: size).map { _ in owner }
    }
    var extent = 1
    while extent < shardCount { extent *= 2 }
    var walk = Walk(owners: owners, rank: rank)
    if shardCount > 0 {
      walk.compute(0, extent)
      walk.exchange(0, extent)
    }
    (local, exchanges, slotCount) = (walk.local, walk.exchanges, walk.slotCount)
  }

  /// Of the tree; a node is its first shard and its extent, a power of 2.
  private struct Walk {
    /// Of each shard.
    let owners: [Int]
    let rank: Int
    var local: [LocalStep] = []
    var exchanges: [Exchange] = []
    var slotCount = 0
    /// Sums that are there, in the order of their shards, in the slots 0 and up.
    private var depth = 0
    /// The slots of the largest nodes whose shards are all the process's own, by their first shards.
    private var slots: [Int: Int] = [:]

    init(owners: [Int], rank: Int) { (self.owners, self.rank) = (owners, rank) }

    private func hasOneOwner(_ first: Int, _ extent: Int) -> Bool {
      owners[first] == owners[min(first + extent, owners.count) - 1]
    }

    private func hasRight(_ first: Int, _ extent: Int) -> Bool {
      first + extent / 2 < owners.count
    }

    mutating func compute(_ first: Int, _ extent: Int) {
      if hasOneOwner(first, extent) {
        guard owners[first] == rank else { return }
        sum(first, extent)
        slots[first] = depth - 1
      } else {
        compute(first, extent / 2)
        if hasRight(first, extent) { compute(first + extent / 2, extent / 2) }
      }
    }

    private mutating func sum(_ first: Int, _ extent: Int) {
      guard extent > 1 else {
        local.append(.shard(first, slot: depth))
        depth += 1
        slotCount = max(slotCount, depth)
        return
      }
      sum(first, extent / 2)
      guard hasRight(first, extent) else { return }
      sum(first + extent / 2, extent / 2)
      depth -= 1
      local.append(.add(depth - 1, depth))
    }

    mutating func exchange(_ first: Int, _ extent: Int) {
      guard !hasOneOwner(first, extent) else { return }
      exchange(first, extent / 2)
      guard hasRight(first, extent) else { return }
      let right = first + extent / 2
      exchange(right, extent / 2)
      let (owner, sender) = (owners[first], owners[right])
      if rank == owner, let slot = slots[first] {
        if sender == rank, let other = slots[right] {
          exchanges.append(.add(slot, other))
        } else {
          exchanges += [.receive(slot: depth, from: sender), .add(slot, depth)]
          slotCount = max(slotCount, depth + 1)
        }
      } else if rank == sender, let slot = slots[right] {
        exchanges.append(.send(slot: slot, to: owner))
      }
    }
  }
}
