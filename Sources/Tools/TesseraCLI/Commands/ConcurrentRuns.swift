import Foundation
import Synchronization
import Tessera

/// Times several sessions at once, each on a thread of its own; the calling thread takes the first.
struct ConcurrentRuns {
  let limit: BenchmarkLimit

  /// The runs of each session. All are warmed up before any is timed.
  ///
  /// - Throws: the first error of any session, or `TesseraError` if the system refuses a thread.
  func measure(
    _ bar: ProgressBar, _ sessions: [BenchmarkedSession]
  ) throws(TesseraError) -> [TimedRuns] {
    let results = Results(count: sessions.count)
    let warm = Gate(count: sessions.count)
    let limit = limit
    @Sendable func measure(_ index: Int, _ bar: ProgressBar?) {
      results.store(
        Result { () throws(TesseraError) in
          try limit.measure(bar, sessions[index].run, warmedUp: warm.arriveAndWait)
        }, at: index)
    }
    var threads: [SystemThread] = []
    for index in sessions.indices.dropFirst() {
      do throws(TesseraError) {
        threads.append(try SystemThread(named: "session \(index + 1)") { measure(index, nil) })
      } catch {
        // Those that were started wait for this one until the process ends.
        for thread in threads { thread.detach() }
        throw error
      }
    }
    measure(0, bar)
    for thread in threads { thread.join() }
    return try results.all()
  }
}

/// What threads leave behind.
private final class Results: Sendable {
  private let results: Mutex<[Result<TimedRuns, TesseraError>?]>

  init(count: Int) {
    results = Mutex(Array(repeating: nil, count: count))
  }

  func store(_ result: Result<TimedRuns, TesseraError>, at index: Int) {
    results.withLock { $0[index] = result }
  }

  func all() throws(TesseraError) -> [TimedRuns] {
    var runs: [TimedRuns] = []
    for result in results.withLock({ $0 }) {
      if let result { runs.append(try result.get()) }
    }
    return runs
  }
}

/// Lets threads go on when all have come.
private final class Gate: @unchecked Sendable {
  private let condition = NSCondition()
  // Touched with `condition` locked.
  private var missing: Int

  init(count: Int) { missing = count }

  func arriveAndWait() {
    condition.lock()
    missing -= 1
    if missing == 0 { condition.broadcast() }
    while missing > 0 { condition.wait() }
    condition.unlock()
  }
}
