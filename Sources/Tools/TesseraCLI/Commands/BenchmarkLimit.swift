import Tessera

/// How long a benchmark goes on.
struct BenchmarkLimit {
  let warmupCount: Int
  /// Timed runs at least.
  let iterationCount: Int
  /// Seconds of timed runs at least.
  let seconds: Double

  /// Runs `body` until the limit is reached.
  ///
  /// - Parameters:
  ///   - bar: shows how far it is.
  ///   - warmedUp: called before the first run that is timed.
  func measure(
    _ bar: ProgressBar?, _ body: () throws(TesseraError) -> Void, warmedUp: () -> Void
  ) throws(TesseraError) -> TimedRuns {
    let clock = ContinuousClock()
    bar?.update("warming up", 0)
    try warmUp(body, warmedUp)
    var times: [Double] = []
    times.reserveCapacity(min(iterationCount, 1 << 16))
    let start = clock.now
    while true {
      let before = clock.now
      try body()
      let after = clock.now
      times.append((after - before) / .seconds(1))
      let elapsed = (after - start) / .seconds(1)
      if times.count >= iterationCount, elapsed >= seconds {
        return TimedRuns(start: start, end: after, seconds: times)
      }
      let done = Double(times.count) / Double(iterationCount)
      bar?.update("timing", seconds > 0 ? min(done, elapsed / seconds) : done)
    }
  }

  /// Calls `warmedUp` also where a run fails: others may wait for that.
  private func warmUp(
    _ body: () throws(TesseraError) -> Void, _ warmedUp: () -> Void
  ) throws(TesseraError) {
    defer { warmedUp() }
    for _ in 0..<warmupCount { try body() }
  }
}

/// The runs of one session that were timed.
struct TimedRuns: Sendable {
  let start: ContinuousClock.Instant
  let end: ContinuousClock.Instant
  /// The time of each.
  let seconds: [Double]
}
