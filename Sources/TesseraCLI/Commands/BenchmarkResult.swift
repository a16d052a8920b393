import Tessera

/// What a benchmark found.
struct BenchmarkResult {
  private let name: String
  private let signature: PlanSignature
  private let threadCount: Int
  /// Milliseconds of each run, ascending.
  private let times: [Double]

  init(name: String, signature: PlanSignature, threadCount: Int, seconds: [Double]) {
    self.name = name
    self.signature = signature
    self.threadCount = threadCount
    times = seconds.map { $0 * 1000 }.sorted()
  }

  /// The first extent of the first input.
  private var batch: Int { signature.inputs.first?.shape.dimensions.first ?? 1 }
  private var minimum: Double { times.first ?? 0 }
  private var maximum: Double { times.last ?? 0 }
  private var mean: Double { times.reduce(0, +) / Double(max(times.count, 1)) }

  private var median: Double {
    guard !times.isEmpty else { return 0 }
    return (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
  }

  /// The smallest time that at least 95 % of the runs do not exceed.
  private var percentile95: Double {
    guard !times.isEmpty else { return 0 }
    return times[(times.count * 95 + 99) / 100 - 1]
  }

  private var imagesPerSecond: Double { mean > 0 ? Double(batch) * 1000 / mean : 0 }

  var text: String {
    func milliseconds(_ value: Double) -> String { Figures.fixed(value, digits: 3) }
    return """
      \(name.withoutControlCharacters)  \(signature.shapesText.withoutControlCharacters)
      \(threadCount) threads, \(times.count) runs
      min     \(milliseconds(minimum)) ms
      median  \(milliseconds(median)) ms
      mean    \(milliseconds(mean)) ms
      p95     \(milliseconds(percentile95)) ms
      max     \(milliseconds(maximum)) ms
      \(Figures.fixed(imagesPerSecond, digits: 2)) images per second

      """
  }

  var json: JSONValue {
    .object([
      "name": .string(name),
      "shapes": .string(signature.shapesText),
      "batch": .integer(batch),
      "threads": .integer(threadCount),
      "iterations": .integer(times.count),
      "min_ms": .double(minimum),
      "median_ms": .double(median),
      "mean_ms": .double(mean),
      "p95_ms": .double(percentile95),
      "max_ms": .double(maximum),
      "images_per_second": .double(imagesPerSecond),
      "times_ms": .array(times.map { .double($0) }),
    ])
  }
}
