import KernelInterface
import Tensors

/// Threads that work on the items of `WorkPhase`s, together with the thread that calls `run`.
///
/// Several threads may call `run` on one pool; the calls take turns. A work item must not call `run`
/// on its own pool.
package final class ThreadPool: Sendable {
  package static let threadCountRange = 1...1024

  /// Threads that work on a phase, the caller included.
  package let threadCount: Int
  private let queue: WorkQueue
  private let threads: [SystemThread]

  /// Starts `threadCount - 1` threads.
  ///
  /// - Throws: `invalidUsage` if `threadCount` is out of range, `systemFailure` if the system refuses
  ///   a thread.
  package init(threadCount: Int) throws(TesseraError) {
    try Self.validate(threadCount)
    self.threadCount = threadCount
    let queue = WorkQueue(threadCount: threadCount)
    self.queue = queue
    var threads: [SystemThread] = []
    for worker in 1..<threadCount {
      do throws(TesseraError) {
        let name = "thread \(worker + 1) of \(threadCount)"
        threads.append(try SystemThread(named: name) { queue.work(as: worker) })
      } catch {
        Self.stop(threads, of: queue)
        throw error
      }
    }
    self.threads = threads
  }

  /// Checks that a pool takes so many threads.
  ///
  /// - Throws: `invalidUsage` if the number is out of range.
  package static func validate(_ threadCount: Int) throws(TesseraError) {
    guard threadCountRange.contains(threadCount) else {
      throw TesseraError(
        .invalidUsage, "\(threadCount) threads, expected 1 to \(threadCountRange.upperBound)")
    }
  }

  deinit { Self.stop(threads, of: queue) }

  /// Runs the phases one after the other and returns when all items are done. Allocates nothing.
  ///
  /// - Parameters:
  ///   - workspace: 64-byte aligned; each of the `threadCount` threads uses its own part.
  ///   - workspaceStrideByteCount: bytes from one thread's workspace to the next, a multiple of 64.
  ///   - cancellation: once it is requested, no further phase is begun.
  /// - Returns: whether all phases have run.
  @discardableResult
  package func run(
    _ phases: [WorkPhase], workspace: UnsafeMutableRawPointer, workspaceStrideByteCount: Int,
    unless cancellation: Cancellation? = nil
  ) -> Bool {
    if threadCount == 1 {
      for phase in phases {
        if let cancellation, cancellation.isRequested { return false }
        for item in 0..<phase.itemCount { phase.body(item, workspace) }
      }
      return true
    }
    return queue.withExclusiveUse {
      for phase in phases {
        if let cancellation, cancellation.isRequested { return false }
        if phase.itemCount <= 1 {
          if phase.itemCount == 1 { phase.body(0, workspace) }
        } else {
          queue.run(phase, workspace: workspace, strideByteCount: workspaceStrideByteCount)
        }
      }
      return true
    }
  }

  private static func stop(_ threads: [SystemThread], of queue: WorkQueue) {
    queue.stop()
    for thread in threads { thread.join() }
  }
}
