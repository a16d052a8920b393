import CPUKernels
import Tessera

extension Command {
  static let bench = Command(
    name: "bench", summary: "Time the runs of a plan or a model",
    operands: [Common.modelOrPlan],
    options: [
      Common.threads.declaration, Bench.batch.declaration, Bench.sessions.declaration,
      Bench.warmup.declaration, Bench.iterations.declaration,
      Bench.duration.declaration, Bench.steps.declaration, TensorSource.option.declaration,
      WeightArguments.weights.declaration, WeightArguments.map.declaration,
      Common.shapes.declaration,
      ModelArguments.dense.declaration,
    ] + ModelArguments.declarations + [Common.json.declaration],
    notes: """
      Inputs without --input are seeded random numbers. A plan's first variant is timed unless
      --batch or --shapes chooses another. With both --iterations and --duration, each session runs until
      both are reached; with neither it does \(Bench.defaultIterationCount) runs. Throughput is all runs over the time from the first
      start to the last end. Latency is that of one run with the inputs and outputs copied;
      percentile(95%) is the smallest that 95 % of the runs do not exceed. With --steps as many runs follow in which each step is timed; GFLOP are those of the operator's
      definition, whatever the algorithm.
      """
  ) { arguments, output throws(TesseraError) in
    try Bench.run(arguments, output)
    return .done
  }
}

/// `tessera bench`.
private enum Bench {
  static let defaultIterationCount = 20

  static let batch = Option<Int>(
    "batch", "N", help: "Time the variant of a plan for N images; compile a model for N",
    parse: ArgumentValue.integer(in: 1...1_000_000))
  static let sessions = Option<Int>(
    "sessions", "N",
    help: "Run N sessions at once, each with --threads (default: what there is, divided by N)",
    parse: ArgumentValue.integer(in: 1...1024))
  static let warmup = Option<Int>(
    "warmup", "N", help: "Run N times before the timing (default: 3)",
    parse: ArgumentValue.integer(in: 0...1_000_000))
  static let iterations = Option<Int>(
    "iterations", "N", help: "Time N runs", parse: ArgumentValue.integer(in: 1...10_000_000))
  static let duration = Option<Double>(
    "duration", "S", help: "Time runs for S seconds", parse: ArgumentValue.number(in: 0...86400))
  static let steps = Flag("steps", help: "Time each step too, in runs of their own")

  static func run(_ arguments: ParsedArguments, _ output: StandardOutput) throws(TesseraError) {
    try requireFittingOptions(arguments)
    var options = try ModelArguments.options(arguments)
    let program = try Program(arguments)
    let shapes = try shapes(arguments, program)
    options.shapes = [shapes]
    let plan = try program.compiled(options)
    let variant = try plan.variant(
      fitting: shapes, batch: program.isPlan ? arguments[batch] : nil)
    let sessions = try makeSessions(plan, variant, arguments)
    let limit = BenchmarkLimit(
      warmupCount: arguments[warmup] ?? 3,
      iterationCount: arguments[iterations]
        ?? (arguments[duration] == nil ? defaultIterationCount : 1),
      seconds: arguments[duration] ?? 0)
    let result = try ProgressBar.during { (bar) throws(TesseraError) in
      let runs = try ConcurrentRuns(limit: limit).measure(bar, sessions)
      var stepTimes: StepTimes?
      if arguments[steps] {
        let count = runs[0].seconds.count
        var stepSeconds: [[Double]] = []
        for index in 0..<count {
          bar.update("timing the steps", Double(index) / Double(count))
          stepSeconds.append(try sessions[0].stepSeconds())
        }
        stepTimes = try StepTimes(plan, variant: variant, seconds: stepSeconds)
      }
      return BenchmarkResult(
        plan, variant: variant, threadCount: sessions[0].threadCount, runs: runs, steps: stepTimes)
    }
    if arguments[Common.json] {
      try output.write(result.json)
    } else {
      try output.write(result.text)
    }
  }

  private static func requireFittingOptions(_ arguments: ParsedArguments) throws(TesseraError) {
    if arguments[batch] != nil, arguments[Common.shapes] != nil {
      throw TesseraError(.invalidUsage, "options '--batch' and '--shapes' both say the batch")
    }
    if arguments[steps], (arguments[sessions] ?? 1) > 1 {
      throw TesseraError(.invalidUsage, "option '--steps' is for one session")
    }
  }

  private static func shapes(
    _ arguments: ParsedArguments, _ program: Program
  ) throws(TesseraError) -> [String: [Int]] {
    guard let batch = arguments[batch] else { return arguments[Common.shapes] ?? [:] }
    return try program.shapes(batch: batch)
  }

  private static func makeSessions(
    _ plan: Plan, _ variant: Int, _ arguments: ParsedArguments
  ) throws(TesseraError) -> [BenchmarkedSession] {
    let count = arguments[sessions] ?? 1
    let threads: Int
    if let given = arguments[Common.threads] {
      threads = given
    } else {
      threads = max(1, try ThreadCount.preferred() / count)
    }
    var made: [BenchmarkedSession] = []
    for _ in 0..<count {
      made.append(
        try BenchmarkedSession(
          plan, variant: variant, threads: threads, inputsOf: made.first,
          from: arguments.all(TensorSource.option)))
    }
    return made
  }
}

extension Program {
  fileprivate var isPlan: Bool {
    if case .plan = self { true } else { false }
  }

  /// The shapes with which a model is compiled for `batch` images: those of the inputs whose first extent is
  /// open. A plan has its own.
  fileprivate func shapes(batch: Int) throws(TesseraError) -> [String: [Int]] {
    guard case .model(_, let path, _) = self else { return [:] }
    var shapes: [String: [Int]] = [:]
    for input in inputs {
      guard let first = input.type.dimensions?.first, first.value == nil else { continue }
      do throws(TesseraError) {
        let own = try input.specification().shape.dimensions
        shapes[input.name] = [batch] + own.dropFirst()
      } catch {
        throw error.inFile(path)
      }
    }
    if shapes.isEmpty, let fixed = inputs.first?.type.dimensions?.first?.value, fixed != batch {
      throw TesseraError(.invalidUsage, "the model fixes its batch to \(fixed)").inFile(path)
    }
    return shapes
  }
}

extension Plan {
  /// The index of the first variant whose inputs have these shapes, and the first of them this first extent.
  /// What is left out fits whatever it is.
  fileprivate func variant(
    fitting shapes: [String: [Int]], batch: Int?
  ) throws(TesseraError) -> Int {
    let match = variants.firstIndex { variant in
      shapes.allSatisfy { name, extents in
        variant.inputs.contains { $0.name == name && $0.shape.dimensions == extents }
      } && (batch == nil || variant.inputs.first?.shape.dimensions.first == batch)
    }
    guard let match else {
      let known = variants.map(\.shapesText).joined(separator: " or ")
      let wanted = batch.map { "of batch \($0)" } ?? "for --shapes"
      throw TesseraError(.invalidUsage, "the plan has no variant \(wanted); it has \(known)")
    }
    return match
  }
}
