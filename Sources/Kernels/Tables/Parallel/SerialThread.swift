import Tensors

/// A thread that does the work of tasks, one after the other in their order, so that no thread of Swift's
/// concurrency waits for it. It starts with the first work and ends with this object.
package final class SerialThread: Sendable {
  private let queue = JobQueue()

  package init() {}

  deinit { queue.close() }

  /// Does `work` on the thread while the task is suspended.
  ///
  /// - Parameter work: gets the cancellation of the task, which it may look at.
  /// - Throws: what `work` throws; `cancelled` if the task is cancelled before its turn has come;
  ///   `systemFailure` if the system refuses the thread.
  package func perform<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(TesseraError) -> Value
  ) async throws(TesseraError) -> Value {
    let job = Job(work)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard job.wait(continuation) else { return }
        do throws(TesseraError) {
          try queue.append { job.run() }
        } catch {
          job.end(.failure(error))
        }
      }
    } onCancel: {
      job.cancel()
    }
    return try result.get()
  }
}

/// Work that a task waits for.
private final class Job<Value: Sendable>: Sendable {
  typealias Outcome = Result<Value, TesseraError>
  typealias Waiter = CheckedContinuation<Outcome, Never>

  private let work: @Sendable (Cancellation) throws(TesseraError) -> Value
  private let cancellation = Cancellation()
  private let lock = Lock()
  /// Nil before the task waits, and once the thread has begun or the task goes on. With `lock` held.
  private nonisolated(unsafe) var waiter: Waiter?

  init(_ work: @escaping @Sendable (Cancellation) throws(TesseraError) -> Value) {
    self.work = work
  }

  /// - Returns: false if the task was cancelled before, and goes on at once.
  func wait(_ continuation: Waiter) -> Bool {
    lock.lock()
    let isCancelled = cancellation.isRequested
    if !isCancelled { waiter = continuation }
    lock.unlock()
    if isCancelled { continuation.resume(returning: .failure(.cancelledRun)) }
    return !isCancelled
  }

  private func takeWaiter() -> Waiter? {
    lock.lock()
    defer { lock.unlock() }
    defer { waiter = nil }
    return waiter
  }

  func run() {
    guard let waiter = takeWaiter() else { return }
    waiter.resume(returning: Outcome { () throws(TesseraError) in try work(cancellation) })
  }

  func end(_ outcome: Outcome) { takeWaiter()?.resume(returning: outcome) }

  func cancel() {
    lock.lock()
    cancellation.request()
    lock.unlock()
    end(.failure(.cancelledRun))
  }
}

/// What the thread has to do.
private final class JobQueue: Sendable {
  private let lock = Lock()
  private let hasChanged = Condition()
  // With `lock` held.
  private nonisolated(unsafe) var jobs: [@Sendable () -> Void] = []
  private nonisolated(unsafe) var isStarted = false
  private nonisolated(unsafe) var isClosed = false

  /// - Throws: `TesseraError` if there is no thread yet and the system refuses it; then there is no such job.
  func append(_ job: @escaping @Sendable () -> Void) throws(TesseraError) {
    lock.lock()
    defer { lock.unlock() }
    if !isStarted {
      try SystemThread { self.work() }.detach()
      isStarted = true
    }
    jobs.append(job)
    hasChanged.broadcast()
  }

  /// Lets the thread end when all jobs are done.
  func close() {
    lock.lock()
    isClosed = true
    hasChanged.broadcast()
    lock.unlock()
  }

  private func work() {
    while let job = next() { job() }
  }

  private func next() -> (@Sendable () -> Void)? {
    lock.lock()
    defer { lock.unlock() }
    while jobs.isEmpty, !isClosed { hasChanged.wait(lock) }
    return jobs.isEmpty ? nil : jobs.removeFirst()
  }
}
