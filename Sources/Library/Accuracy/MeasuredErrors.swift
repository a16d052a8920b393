import ExecutionPlan
import GraphIR

extension Network {
  /// Runs the first variant on a seeded input with float32 weights and with weights as the options store
  /// them, one after the other, and compares the outputs of floating-point type. A limit of memory is
  /// left out of account, so that nothing but the weights differs.
  func measuredErrors(_ options: CompileOptions) throws(TesseraError) -> [OutputError] {
    let probe = Probe(model.graph)
    var rounding = options.part(1, of: 2)
    rounding.shapes = Array(options.shapes.prefix(1))
    rounding.memoryLimitByteCount = nil
    var exact = options.part(0, of: 2)
    exact.shapes = rounding.shapes
    exact.memoryLimitByteCount = nil
    exact.weightPrecision = .float32
    let expected = try run(probe, exact)
    let actual = try run(probe, rounding)

    var errors: [OutputError] = []
    for (output, value) in probe.values {
      guard let expected = expected[value], let actual = actual[value],
        expected.elementType.isFloatingPoint
      else { continue }
      errors.append(
        OutputError(
          output: output, value: value,
          expected: try expected.cast(to: .float64),
          actual: try actual.cast(to: .float64)))
    }
    return errors
  }

  private func run(
    _ probe: Probe, _ options: CompileOptions
  ) throws(TesseraError) -> [String: Tensor] {
    var model = model
    model.graph.outputs = probe.outputs
    let compilation = try Compilation(model, options)
    var writer = PlanWriter(compilation.contents)
    let plan = try Plan(image: try writer.makeImage(fillBlob: compilation.fillBlob()))
    let session = try Session(plan: plan, threads: options.threads)
    let signature = plan.variants[0]
    return try session.run(try signature.seededInputs(options.images ?? ImageOptions()))
  }
}

/// Which values of a graph tell how accurate its outputs are.
private struct Probe {
  /// The value to compare for each output of the graph.
  let values: [(output: String, value: String)]

  init(_ graph: Graph) {
    let scores = graph.scoresOfOutputs()
    values = graph.outputs.uniqued.map { ($0, scores[$0] ?? $0) }
  }

  /// Each value once.
  var outputs: [String] { values.map(\.value).uniqued }
}
