import Tessera

/// What a benchmark found.
struct BenchmarkResult {
  let name: String
  let signature: PlanSignature
  /// Of each session.
  let threadCount: Int
  let sessionCount: Int
  /// Of all sessions.
  let times: RunTimes
  /// From the first start of a timed run to the end of the last.
  let seconds: Double
  /// Where each step was timed.
  let steps: StepTimes?

  /// - Parameter runs: of each session.
  init(
    _ plan: Plan, variant: Int, threadCount: Int, runs: [TimedRuns], steps: StepTimes?
  ) {
    name = plan.name
    signature = plan.variants[variant]
    self.threadCount = threadCount
    sessionCount = runs.count
    times = RunTimes(seconds: runs.flatMap(\.seconds))
    if let start = runs.map(\.start).min(), let end = runs.map(\.end).max() {
      seconds = (end - start) / .seconds(1)
    } else {
      seconds = 0
    }
    self.steps = steps
  }

  /// The first extent of the first input.
  private var batch: Int { signature.inputs.first?.shape.dimensions.first ?? 1 }

  private var runsPerSecond: Double { seconds > 0 ? Double(times.ascending.count) / seconds : 0 }
  private var imagesPerSecond: Double { Double(batch) * runsPerSecond }

  /// The statistics of the latency by trtexec's names, in milliseconds.
  private var latency: [(name: String, member: String, milliseconds: Double)] {
    [
      ("min", "min_ms", times.minimum), ("mean", "mean_ms", times.mean),
      ("median", "median_ms", times.median),
    ]
      + [90, 95, 99].map { percent in
        ("percentile(\(percent)%)", "p\(percent)_ms", times.percentile(percent))
      } + [("max", "max_ms", times.maximum)]
  }

  var text: String {
    let sessions = sessionCount > 1 ? "\(sessionCount) sessions of " : ""
    let width = latency.map(\.name.count).max() ?? 0
    let lines = latency.map { name, _, milliseconds in
      "  \(name.padded(to: width))  \(Figures.fixed(milliseconds, digits: 3)) ms\n"
    }
    let whole = """
      \(name.withoutControlCharacters)  \(signature.shapesText.withoutControlCharacters)
      \(sessions)\(threadCount) \(threadCount == 1 ? "thread" : "threads"), \(times.ascending.count) runs
      throughput  \(Figures.fixed(runsPerSecond, digits: 2)) runs per second, \
      \(Figures.fixed(imagesPerSecond, digits: 2)) images per second
      latency
      \(lines.joined())
      """
    return steps.map { "\(whole)\n\($0.text)" } ?? whole
  }

  var json: JSONValue {
    let members: [(name: String, value: JSONValue)] =
      [
        ("name", .string(name)),
        ("shapes", .string(signature.shapesText)),
        ("batch", .integer(batch)),
        ("sessions", .integer(sessionCount)),
        ("threads", .integer(threadCount)),
        ("iterations", .integer(times.ascending.count)),
      ] + latency.map { ($0.member, .double($0.milliseconds)) }
      + [
        ("seconds", .double(seconds)),
        ("runs_per_second", .double(runsPerSecond)),
        ("images_per_second", .double(imagesPerSecond)),
        ("times_ms", .array(times.ascending.map { .double($0) })),
      ]
    return .members(members + (steps.map { [("steps", $0.json)] } ?? []))
  }
}
