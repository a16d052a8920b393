import CMachine
import Glibc
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
  private let threads: [pthread_t]

  /// Starts `threadCount - 1` threads.
  ///
  /// - Throws: `invalidUsage` if `threadCount` is out of range, `systemFailure` if the system refuses
  ///   a thread.
  package init(threadCount: Int) throws(TesseraError) {
    try Self.validate(threadCount)
    self.threadCount = threadCount
    let queue = WorkQueue(threadCount: threadCount)
    self.queue = queue
    var threads: [pthread_t] = []
    for worker in 1..<threadCount {
      guard let thread = Self.startThread(worker: worker, of: queue) else {
        Self.stop(threads, of: queue)
        throw TesseraError(
          .systemFailure,
          "cannot start thread \(worker + 1) of \(threadCount): \(lastSystemError())")
      }
      threads.append(thread)
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
  package func run(
    _ phases: [WorkPhase], workspace: UnsafeMutableRawPointer, workspaceStrideByteCount: Int
  ) {
    if threadCount == 1 {
      for phase in phases {
        for item in 0..<phase.itemCount { phase.body(item, workspace) }
      }
      return
    }
    queue.withExclusiveUse {
      for phase in phases {
        if phase.itemCount <= 1 {
          if phase.itemCount == 1 { phase.body(0, workspace) }
        } else {
          queue.run(phase, workspace: workspace, strideByteCount: workspaceStrideByteCount)
        }
      }
    }
  }

  private static func startThread(worker: Int, of queue: WorkQueue) -> pthread_t? {
    let argument = Unmanaged.passRetained(WorkerArgument(queue: queue, worker: worker))
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let argument = Unmanaged<WorkerArgument>.fromOpaque(pointer).takeRetainedValue()
        argument.queue.work(as: argument.worker)
        return nil
      }, argument.toOpaque())
    guard failure == 0 else {
      argument.release()
      errno = failure
      return nil
    }
    return thread
  }

  private static func stop(_ threads: [pthread_t], of queue: WorkQueue) {
    queue.stop()
    for thread in threads { pthread_join(thread, nil) }
  }
}

/// What a new thread is told.
private final class WorkerArgument {
  let queue: WorkQueue
  let worker: Int

  init(queue: WorkQueue, worker: Int) {
    self.queue = queue
    self.worker = worker
  }
}

private func lastSystemError() -> String { String(cString: strerror(errno)) }
