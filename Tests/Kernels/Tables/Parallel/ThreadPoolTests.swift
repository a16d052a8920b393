import CPUKernels
import KernelInterface
import Platform
import Synchronization
import Tensors
import Testing

struct ThreadPoolTests {
  /// How often each item of each phase ran.
  private final class Counts: Sendable {
    let values: [Atomic<Int>.Box]
    init(_ count: Int) { values = (0..<count).map { _ in Atomic<Int>.Box() } }
  }

  private func run(_ pool: ThreadPool, itemCounts: [Int]) -> Bool {
    let workspace = GuardedBuffer(byteCount: 64 * pool.threadCount)
    let counts = itemCounts.map(Counts.init)
    let order = Atomic<Int>.Box()
    let phases = zip(itemCounts, counts).enumerated().map { phase, pair in
      WorkPhase(itemCount: pair.0) { item, workspace in
        pair.1.values[item].value.add(1, ordering: .relaxed)
        // Every item of the phases before has run.
        let done = order.value.add(1, ordering: .sequentiallyConsistent).newValue
        if done <= itemCounts[..<phase].reduce(0, +) {
          pair.1.values[item].value.add(1000, ordering: .relaxed)
        }
        workspace.storeBytes(of: item, as: Int.self)
      }
    }
    pool.run(phases, workspace: workspace.base, workspaceStrideByteCount: 64)
    return workspace.guardsAreIntact
      && counts.allSatisfy { $0.values.allSatisfy { $0.value.load(ordering: .relaxed) == 1 } }
  }

  @Test(arguments: [1, 2, 3, 8])
  func runsEveryItemOnceInPhaseOrder(threadCount: Int) throws {
    let pool = try ThreadPool(threadCount: threadCount)
    for _ in 0..<50 { #expect(run(pool, itemCounts: [0, 1, 2, 3, 100, 1, 1000, 7])) }
  }

  @Test(arguments: [1, 2, 3])
  func beginsNoPhaseAfterACancellation(threadCount: Int) throws {
    let pool = try ThreadPool(threadCount: threadCount)
    let workspace = GuardedBuffer(byteCount: 64 * threadCount)
    let cancellation = Cancellation()
    let counts = Counts(4)
    let phases = (0..<4).map { phase in
      WorkPhase(itemCount: 20) { _, _ in
        counts.values[phase].value.add(1, ordering: .relaxed)
        if phase == 1 { cancellation.request() }
      }
    }
    for _ in 0..<2 {
      #expect(
        !pool.run(
          phases, workspace: workspace.base, workspaceStrideByteCount: 64, unless: cancellation))
    }
    #expect(counts.values.map { $0.value.load(ordering: .relaxed) } == [20, 20, 0, 0])
  }

  /// Threads that have gone to sleep wake up again.
  @Test func runsAfterAPause() throws {
    let pool = try ThreadPool(threadCount: 3)
    for _ in 0..<3 {
      #expect(run(pool, itemCounts: [20, 20]))
      usleep(50_000)
    }
  }

  @Test func servesSeveralCallers() async throws {
    let pool = try ThreadPool(threadCount: 2)
    let results = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { self.run(pool, itemCounts: [50, 3, 50]) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results == [Bool](repeating: true, count: 8))
  }

  @Test func endsItsThreads() throws {
    for _ in 0..<20 {
      let pool = try ThreadPool(threadCount: 4)
      #expect(run(pool, itemCounts: [10]))
    }
  }

  @Test(arguments: [0, -1, 1025])
  func rejectsOtherThreadCounts(count: Int) {
    #expect(throws: TesseraError.self) { try ThreadPool(threadCount: count) }
  }
}

extension Atomic where Value == Int {
  /// An atomic on the heap.
  final class Box: Sendable {
    let value = Atomic<Int>(0)
  }
}
