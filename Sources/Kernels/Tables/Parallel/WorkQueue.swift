import CMachine
import Glibc
import KernelInterface
import Synchronization

/// Hands out the items of one phase at a time to the caller and to worker threads.
///
/// `ticket` holds the phase's number in its upper half, and in its lower the chunks not yet claimed and,
/// above them, how many were claimed from the front. A thread claims a chunk by taking one off, which
/// keeps the phase from ending until that chunk is done; so a claim is all that a thread needs before it
/// reads `phase`, and a thread that sleeps through a phase holds nobody up.
///
/// Every other thread claims from the back, so that of two threads each finds in its cache much of what
/// it wrote in the phase before.
final class WorkQueue: Sendable {
  /// Looks at the queue, with a pause instruction between, before a thread starts to yield: longer
  /// than the gap between two steps. To tune these two, time `tessera bench` with as many threads as
  /// CPUs, on an idle machine and beside another busy process.
  private static let spinCount = 2000
  /// Yields before a thread goes to sleep.
  private static let yieldCount = 200
  private static let maximumChunkCount = 0xFFFF

  private struct Phase {
    var phase: UnsafePointer<WorkPhase>?
    var chunkCount = 0
    var itemsPerChunk = 1
    var workspace: UnsafeMutableRawPointer?
    var strideByteCount = 0
  }

  private let ticket = Atomic<UInt64>(0)
  private let completedChunkCount = Atomic<Int>(0)
  private let sleepingWorkerCount = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// Written by the caller between phases; read by whoever holds a claim.
  private nonisolated(unsafe) let current: UnsafeMutablePointer<Phase>
  private let sleepLock = Lock()
  private let callerLock = Lock()
  private let workAvailable = Condition()
  private let phaseDone = Condition()

  init() {
    current = .allocate(capacity: 1)
    current.initialize(to: Phase())
  }

  deinit { current.deallocate() }

  /// Runs `body` while no other caller does.
  func withExclusiveUse(_ body: () -> Void) {
    callerLock.lock()
    body()
    callerLock.unlock()
  }

  /// Runs a phase on the caller, as worker 0, and on all threads that are in `work`.
  func run(_ phase: WorkPhase, workspace: UnsafeMutableRawPointer, strideByteCount: Int) {
    withUnsafePointer(to: phase) { pointer in
      let itemsPerChunk = ceilingQuotient(phase.itemCount, Self.maximumChunkCount)
      let chunkCount = ceilingQuotient(phase.itemCount, itemsPerChunk)
      current.pointee = Phase(
        phase: pointer, chunkCount: chunkCount, itemsPerChunk: itemsPerChunk, workspace: workspace,
        strideByteCount: strideByteCount)
      completedChunkCount.store(0, ordering: .relaxed)
      let number = (ticket.load(ordering: .relaxed) >> 32) &+ 1
      ticket.store(number << 32 | UInt64(chunkCount), ordering: .sequentiallyConsistent)
      if sleepingWorkerCount.load(ordering: .sequentiallyConsistent) > 0 {
        sleepLock.lock()
        workAvailable.broadcast()
        sleepLock.unlock()
      }
      while runChunk(as: 0) {}
      waitForCompletion(of: chunkCount)
    }
  }

  /// Works on phases until `stop` is called.
  func work(as worker: Int) {
    var idleCount = 0
    while !isStopping.load(ordering: .acquiring) {
      if runChunk(as: worker) {
        idleCount = 0
      } else if idleCount < Self.spinCount + Self.yieldCount {
        idleCount += 1
        Self.pause(idleCount)
      } else {
        sleepUntilWork()
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

  /// Claims and runs one chunk; false if there was none.
  private func runChunk(as worker: Int) -> Bool {
    var seen = ticket.load(ordering: .acquiring)
    while true {
      let unclaimed = Int(seen & 0xFFFF)
      guard unclaimed > 0 else { return false }
      let isFromFront = worker & 1 == 0
      let (exchanged, original) = ticket.weakCompareExchange(
        expected: seen, desired: isFromFront ? seen + 0xFFFF : seen - 1,
        ordering: .acquiringAndReleasing)
      guard exchanged else {
        seen = original
        continue
      }
      let first = Int(seen >> 16 & 0xFFFF)
      runItems(ofChunk: isFromFront ? first : first + unclaimed - 1, as: worker)
      return true
    }
  }

  private func runItems(ofChunk chunk: Int, as worker: Int) {
    let chunkCount = current.pointee.chunkCount
    if let phase = current.pointee.phase, let base = current.pointee.workspace {
      let workspace = base + worker * current.pointee.strideByteCount
      let first = chunk * current.pointee.itemsPerChunk
      let end = min(phase.pointee.itemCount, first + current.pointee.itemsPerChunk)
      for item in first..<end { phase.pointee.body(item, workspace) }
    }
    let completed = completedChunkCount.add(1, ordering: .sequentiallyConsistent).newValue
    if completed == chunkCount, callerSleeps.load(ordering: .sequentiallyConsistent) {
      sleepLock.lock()
      phaseDone.broadcast()
      sleepLock.unlock()
    }
  }

  private func waitForCompletion(of chunkCount: Int) {
    var idleCount = 0
    while completedChunkCount.load(ordering: .acquiring) < chunkCount {
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
    while completedChunkCount.load(ordering: .sequentiallyConsistent) < chunkCount {
      phaseDone.wait(sleepLock)
    }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    sleepLock.unlock()
  }

  private func sleepUntilWork() {
    sleepLock.lock()
    sleepingWorkerCount.add(1, ordering: .sequentiallyConsistent)
    while ticket.load(ordering: .sequentiallyConsistent) & 0xFFFF == 0,
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
