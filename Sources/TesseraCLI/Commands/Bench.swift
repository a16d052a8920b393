import Tessera

extension Command {
  static let bench = Command(
    name: "bench", summary: "Time the runs of a plan or a model",
    operands: [Common.modelOrPlan],
    options: [
      Common.threads.declaration, Bench.warmup.declaration, Bench.iterations.declaration,
      Bench.duration.declaration, TensorSource.option.declaration, Common.weights.declaration,
      Common.shapes.declaration, Common.algorithm.declaration, Common.weightsPrecision.declaration,
      Common.json.declaration,
    ],
    notes: """
      Inputs without --input are seeded random numbers. A plan's first variant is timed unless
      --shapes chooses another. With both --iterations and --duration, the runs go on until both are
      reached; with neither there are \(Bench.defaultIterationCount). Times are those of one run with
      the inputs and outputs copied; p95 is the smallest time that 95 % of the runs do not exceed.
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

  static func run(_ arguments: ParsedArguments, _ output: StandardOutput) throws(TesseraError) {
    let path = arguments.operands[0]
    let program = try Program(path: path, weights: arguments[Common.weights])
    let shapes = arguments[Common.shapes] ?? [:]
    var options = CompileOptions()
    options.shapes = [shapes]
    options.threads = arguments[Common.threads]
    options.convAlgorithm = arguments[Common.algorithm] ?? .automatic
    options.weightPrecision = arguments[Common.weightsPrecision] ?? .float32
    let plan = try program.compiled(options)
    let variant = try plan.variant(fitting: shapes)
    let session = try Session(plan: plan, threads: arguments[Common.threads])

    let signature = plan.variants[variant]
    let buffers = VariantBuffers(signature)
    try buffers.fillInputs(from: arguments.all(TensorSource.option), signature)
    let limit = BenchmarkLimit(
      warmupCount: arguments[warmup] ?? 3,
      iterationCount: arguments[iterations]
        ?? (arguments[duration] == nil ? defaultIterationCount : 1),
      seconds: arguments[duration] ?? 0)
    let times = try ProgressBar.during { (bar) throws(TesseraError) in
      try limit.measure(bar) { () throws(TesseraError) in
        try session.run(variant: variant, inputs: buffers.inputs, into: buffers.outputs)
      }
    }
    let result = BenchmarkResult(
      name: plan.name, signature: signature, threadCount: session.threadCount, seconds: times)
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
