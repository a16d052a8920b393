import CMachine
import KernelInterface
import Platform
import Synchronization

/// Hands out the items of one phase at a time to the caller and to worker threads.
///
/// Each thread gets a `WorkShare`: neighbouring chunks, in the order of the threads, so that a thread
/// finds in its cache much of what it wrote in the phase before. Who has finished takes from the others'
/// shares. A claimed chunk keeps the phase from ending until it is done; so a claim is all that a thread
/// needs before it reads `current`, and a thread that sleeps through a phase holds nobody up.
final class WorkQueue: Sendable {
  /// Looks at the queue, with a pause instruction between, before a thread starts to yield: longer
  /// than the gap between two steps. To tune these two, time `tessera bench` with as many threads as
  /// CPUs, on an idle machine and beside another busy process.
  private static let spinCount = 2000
  /// Yields before a thread goes to sleep.
  private static let yieldCount = 200

  private struct Phase {
    var phase: UnsafePointer<WorkPhase>?
    var number: UInt32 = 0
    var chunkCount = 0
    var itemsPerChunk = 1
    var workspace: UnsafeMutableRawPointer?
    var strideByteCount = 0
  }

  private let threadCount: Int
  /// One a thread.
  private nonisolated(unsafe) let shares: UnsafeMutablePointer<WorkShare>
  /// Chunks that others than the caller have done.
  private nonisolated(unsafe) let completed: UnsafeMutablePointer<IsolatedCount>
  private let sleepingWorkerCount = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// Written by the caller between phases; read by whoever holds a claim.
  private nonisolated(unsafe) let current: UnsafeMutablePointer<Phase>
  private let sleepLock = Lock()
  private let callerLock = Lock()
  private let workAvailable = Condition()
  private let phaseDone = Condition()

  init(threadCount: Int) {
    self.threadCount = threadCount
    shares = .allocate(capacity: threadCount)
    for thread in 0..<threadCount { (shares + thread).initialize(to: WorkShare()) }
    completed = .allocate(capacity: 1)
    completed.initialize(to: IsolatedCount())
    current = .allocate(capacity: 1)
    current.initialize(to: Phase())
  }

  deinit {
    shares.deinitialize(count: threadCount)
    shares.deallocate()
    completed.deinitialize(count: 1)
    completed.deallocate()
    current.deallocate()
  }

  /// Runs `body` while no other caller does.
  func withExclusiveUse<Result>(_ body: () -> Result) -> Result {
    callerLock.lock()
    defer { callerLock.unlock() }
    return body()
  }

  /// Runs a phase on the caller, as worker 0, and on all threads that are in `work`.
  func run(_ phase: WorkPhase, workspace: UnsafeMutableRawPointer, strideByteCount: Int) {
    withUnsafePointer(to: phase) { pointer in
      let itemsPerChunk = ceilingQuotient(phase.itemCount, WorkShare.maximumChunkCount)
      let chunkCount = ceilingQuotient(phase.itemCount, itemsPerChunk)
      let number = current.pointee.number &+ 1
      current.pointee = Phase(
        phase: pointer, number: number, chunkCount: chunkCount, itemsPerChunk: itemsPerChunk,
        workspace: workspace, strideByteCount: strideByteCount)
      completed.pointee.value.store(0, ordering: .relaxed)
      for thread in (0..<threadCount).reversed() {
        shares[thread].set(
          phaseNumber: number,
          chunks: chunkCount * thread / threadCount..<chunkCount * (thread + 1) / threadCount)
      }
      // A thread that falls asleep just now sleeps through this phase.
      if sleepingWorkerCount.load(ordering: .relaxed) > 0 {
        sleepLock.lock()
        workAvailable.broadcast()
        sleepLock.unlock()
      }
      let ownCount = runChunks(ofPhase: number, as: 0) { _ in }
      waitForCompletion(of: chunkCount - ownCount)
    }
  }

  /// Works on phases until `stop` is called.
  func work(as worker: Int) {
    var lastNumber: UInt32 = 0
    var idleCount = 0
    while !isStopping.load(ordering: .acquiring) {
      let number = shares[worker].phaseNumber
      if number != lastNumber {
        runChunks(ofPhase: number, as: worker, report: report)
        lastNumber = number
        idleCount = 0
      } else if idleCount < Self.spinCount + Self.yieldCount {
        idleCount += 1
        Self.pause(idleCount)
      } else {
        sleep(worker, whilePhaseIs: number)
        idleCount = 0
      }
    }
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    sleepLock.lock()
    workAvailable.broadcast()
    sleepLock.unlock()
  }

  /// Runs the chunks of the thread's own share, then what it can claim of the others'.
  ///
  /// - Parameter report: is told how many chunks were done since it was told before, once they are.
  /// - Returns: the number of all of them.
  @discardableResult
  private func runChunks(ofPhase number: UInt32, as worker: Int, report: (Int) -> Void) -> Int {
    var sum = 0
    for distance in 0..<threadCount {
      let owner = (worker + distance) % threadCount
      let count = runChunks(ofShare: owner, phaseNumber: number, as: worker)
      if count > 0 { report(count) }
      sum += count
    }
    return sum
  }

  private func runChunks(ofShare owner: Int, phaseNumber: UInt32, as worker: Int) -> Int {
    let isForeign = owner != worker
    guard var chunk = shares[owner].claim(phaseNumber: phaseNumber, fromBack: isForeign),
      let phase = current.pointee.phase, let base = current.pointee.workspace
    else { return 0 }
    let body = phase.pointee.body
    let workspace = base + worker * current.pointee.strideByteCount
    let itemsPerChunk = current.pointee.itemsPerChunk
    let itemCount = phase.pointee.itemCount
    var count = 0
    while true {
      let first = chunk * itemsPerChunk
      for item in first..<min(itemCount, first + itemsPerChunk) { body(item, workspace) }
      count += 1
      guard let next = shares[owner].claim(phaseNumber: phaseNumber, fromBack: isForeign) else {
        return count
      }
      chunk = next
    }
  }

  private func report(_ chunkCount: Int) {
    completed.pointee.value.add(chunkCount, ordering: .sequentiallyConsistent)
    if callerSleeps.load(ordering: .sequentiallyConsistent) {
      sleepLock.lock()
      phaseDone.broadcast()
      sleepLock.unlock()
    }
  }

  /// - Parameter chunkCount: chunks that others have claimed.
  private func waitForCompletion(of chunkCount: Int) {
    var idleCount = 0
    while completed.pointee.value.load(ordering: .acquiring) < chunkCount {
      if idleCount < Self.spinCount + Self.yieldCount {
        idleCount += 1
        Self.pause(idleCount)
      } else {
        sleepUntilCompletion(of: chunkCount)
      }
    }
  }

  private func sleepUntilCompletion(of chunkCount: Int) {
    sleepLock.lock()
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while completed.pointee.value.load(ordering: .sequentiallyConsistent) < chunkCount {
      phaseDone.wait(sleepLock)
    }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    sleepLock.unlock()
  }

  private func sleep(_ worker: Int, whilePhaseIs number: UInt32) {
    sleepLock.lock()
    sleepingWorkerCount.add(1, ordering: .sequentiallyConsistent)
    while shares[worker].phaseNumber == number,
      !isStopping.load(ordering: .sequentiallyConsistent)
    {
      workAvailable.wait(sleepLock)
    }
    sleepingWorkerCount.subtract(1, ordering: .sequentiallyConsistent)
    sleepLock.unlock()
  }

  private static func pause(_ idleCount: Int) {
    if idleCount < spinCount { tessera_cpu_relax() } else { sched_yield() }
  }
}

/// A count on a cache line of its own.
private struct IsolatedCount: ~Copyable {
  private let before = InlineArray<8, UInt64>(repeating: 0)
  let value = Atomic<Int>(0)
  private let after = InlineArray<7, UInt64>(repeating: 0)
}
