import Tessera

/// What a benchmark found.
struct BenchmarkResult {
  let name: String
  let signature: PlanSignature
  let threadCount: Int
  let times: RunTimes
  /// Where each step was timed.
  let steps: StepTimes?

  /// The first extent of the first input.
  private var batch: Int { signature.inputs.first?.shape.dimensions.first ?? 1 }

  private var imagesPerSecond: Double { times.mean > 0 ? Double(batch) * 1000 / times.mean : 0 }

  var text: String {
    func milliseconds(_ value: Double) -> String { Figures.fixed(value, digits: 3) }
    let whole = """
      \(name.withoutControlCharacters)  \(signature.shapesText.withoutControlCharacters)
      \(threadCount) threads, \(times.ascending.count) runs
      min     \(milliseconds(times.minimum)) ms
      median  \(milliseconds(times.median)) ms
      mean    \(milliseconds(times.mean)) ms
      p95     \(milliseconds(times.percentile95)) ms
      max     \(milliseconds(times.maximum)) ms
      \(Figures.fixed(imagesPerSecond, digits: 2)) images per second

      """
    return steps.map { "\(whole)\n\($0.text)" } ?? whole
  }

  var json: JSONValue {
    let members: [(name: String, value: JSONValue)] = [
      ("name", .string(name)),
      ("shapes", .string(signature.shapesText)),
      ("batch", .integer(batch)),
      ("threads", .integer(threadCount)),
      ("iterations", .integer(times.ascending.count)),
      ("min_ms", .double(times.minimum)),
      ("median_ms", .double(times.median)),
      ("mean_ms", .double(times.mean)),
      ("p95_ms", .double(times.percentile95)),
      ("max_ms", .double(times.maximum)),
      ("images_per_second", .double(imagesPerSecond)),
      ("times_ms", .array(times.ascending.map { .double($0) })),
    ]
    return .members(members + (steps.map { [("steps", $0.json)] } ?? []))
  }
}
