import Tessera

extension Command {
  static let bench = Command(
    name: "bench", summary: "Time the runs of a plan or a model",
    operands: [Common.modelOrPlan],
    options: [
      Common.threads.declaration, Bench.warmup.declaration, Bench.iterations.declaration,
      Bench.duration.declaration, Bench.steps.declaration, TensorSource.option.declaration,
      WeightArguments.weights.declaration, WeightArguments.map.declaration,
      Common.shapes.declaration,
      ModelArguments.dense.declaration,
    ] + ModelArguments.declarations + [Common.json.declaration],
    notes: """
      Inputs without --input are seeded random numbers. A plan's first variant is timed unless
      --shapes chooses another. With both --iterations and --duration, the runs go on until both are
      reached; with neither there are \(Bench.defaultIterationCount). Times are those of one run with
      the inputs and outputs copied; p95 is the smallest time that 95 % of the runs do not exceed.
      With --steps as many runs follow in which each step is timed; GFLOP are those of the operator's
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

  static let warmup = Option<Int>(
    "warmup", "N", help: "Run N times before the timing (default: 3)",
    parse: ArgumentValue.integer(in: 0...1_000_000))
  static let iterations = Option<Int>(
    "iterations", "N", help: "Time N runs", parse: ArgumentValue.integer(in: 1...10_000_000))
  static let duration = Option<Double>(
    "duration", "S", help: "Time runs for S seconds", parse: ArgumentValue.number(in: 0...86400))
  static let steps = Flag("steps", help: "Time each step too, in runs of their own")

  static func run(_ arguments: ParsedArguments, _ output: StandardOutput) throws(TesseraError) {
    var options = try ModelArguments.options(arguments)
    let program = try Program(arguments)
    let shapes = arguments[Common.shapes] ?? [:]
    options.shapes = [shapes]
    let plan = try program.compiled(options)
    let variant = try plan.variant(fitting: shapes)
    let session = try Session(plan: plan, threads: arguments[Common.threads])

    let signature = plan.variants[variant]
    let buffers = try VariantBuffers(signature)
    try buffers.fillInputs(from: arguments.all(TensorSource.option), signature)
    let limit = BenchmarkLimit(
      warmupCount: arguments[warmup] ?? 3,
      iterationCount: arguments[iterations]
        ?? (arguments[duration] == nil ? defaultIterationCount : 1),
      seconds: arguments[duration] ?? 0)
    let result = try ProgressBar.during { (bar) throws(TesseraError) in
      let seconds = try limit.measure(bar) { () throws(TesseraError) in
        try session.run(variant: variant, inputs: buffers.inputs, into: buffers.outputs)
      }
      var stepTimes: StepTimes?
      if arguments[steps] {
        var stepSeconds: [[Double]] = []
        for index in seconds.indices {
          bar.update("timing the steps", Double(index) / Double(seconds.count))
          stepSeconds.append(
            try session.stepSeconds(
              variant: variant, inputs: buffers.inputs, into: buffers.outputs))
        }
        stepTimes = try StepTimes(plan, variant: variant, seconds: stepSeconds)
      }
      return BenchmarkResult(
        name: plan.name, signature: signature, threadCount: session.threadCount,
        times: RunTimes(seconds: seconds), steps: stepTimes)
    }
    if arguments[Common.json] {
      try output.write(result.json)
    } else {
      try output.write(result.text)
    }
  }
}

extension Plan {
  /// The index of the first variant whose inputs have these shapes; inputs that `shapes` leaves out
  /// fit whatever they are.
  fileprivate func variant(fitting shapes: [String: [Int]]) throws(TesseraError) -> Int {
    let match = variants.firstIndex { variant in
      shapes.allSatisfy { name, extents in
        variant.inputs.contains { $0.name == name && $0.shape.dimensions == extents }
      }
    }
    guard let match else {
      let known = variants.map(\.shapesText).joined(separator: " or ")
      throw TesseraError(.invalidUsage, "the plan has no variant for --shapes; it has \(known)")
    }
    return match
  }
}
