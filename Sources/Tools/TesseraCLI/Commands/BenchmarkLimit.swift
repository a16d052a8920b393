import Tessera

/// How long a benchmark goes on.
struct BenchmarkLimit {
  let warmupCount: Int
  /// Timed runs at least.
  let iterationCount: Int
  /// Seconds of timed runs at least.
  let seconds: Double

  /// The time of each run after the warm-up, in seconds.
  func measure(
    _ bar: ProgressBar, _ body: () throws(TesseraError) -> Void
  ) throws(TesseraError) -> [Double] {
    let clock = ContinuousClock()
    bar.update("warming up", 0)
    for _ in 0..<warmupCount { try body() }
    var times: [Double] = []
    times.reserveCapacity(min(iterationCount, 1 << 16))
    let start = clock.now
    while true {
      let before = clock.now
      try body()
      let after = clock.now
      times.append((after - before) / .seconds(1))
      let elapsed = (after - start) / .seconds(1)
      if times.count >= iterationCount, elapsed >= seconds { return times }
      let done = Double(times.count) / Double(iterationCount)
      bar.update("timing", seconds > 0 ? min(done, elapsed / seconds) : done)
    }
  }
}
