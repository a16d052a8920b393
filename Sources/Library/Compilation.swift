import CPUKernels
import ExecutionPlan
import GraphIR
import Lowering
import Tensors
import TesseraRuntime

/// One run of the compiler: from a model to the contents of a plan and the work of packing its
/// weights.
struct Compilation {
  private(set) var contents = PlanContents()
  let notes: [String]
  /// What is odd about the model without being wrong.
  let warnings: [Diagnostic]
  /// The rewritten graph, ready for other shapes.
  let openGraph: OpenGraph
  /// By what everything was chosen.
  let choice: LoweringOptions
  /// What was chosen, and what would be without a limit of memory, where there is one.
  let lowered: LoweredNetwork
  let unlimited: LoweredNetwork?
  let tuning: CompileReport.Tuning?
  let measuredError: MeasuredError?
  let narrowedWeights: NarrowedWeights?
  let threadCount: Int
  private let options: CompileOptions

  init(_ model: Model, _ options: CompileOptions) throws(TesseraError) {
    self.options = options
    try options.validate()
    guard !model.graph.outputs.isEmpty else {
      throw TesseraError(.invalidInput, "the graph has no outputs")
    }
    threadCount = if let threads = options.threads { threads } else { try ThreadCount.preferred() }
    options.report("rewriting the graph", 0)
    var model = model
    _ = model.graph.removeUnused()
    if let rounding = options.poolRounding {
      try model.graph.roundPools(rounding, opsetVersion: model.opsetVersion)
    }
    var openGraph = try OpenGraph(model, isDense: options.isDense)
    var warnings = openGraph.warnings
    var graphs: [Graph] = []
    for shapes in try openGraph.completed(options.shapes) {
      if !options.isDense {
        let found = try model.check(for: shapes)
        if graphs.isEmpty || warnings.isEmpty { warnings = found }
      }
      graphs.append(try openGraph.bound(to: shapes))
    }
    self.openGraph = openGraph
    self.warnings = warnings
    notes = openGraph.context.notes + [graphs.first?.weightInputs.note].compactMap { $0 }
    if let onWarning = options.onWarning { warnings.forEach(onWarning) }

    options.report("lowering", 0.1)
    var choice = try options.loweringOptions(threadCount: threadCount)
    var lowered = try lower(graphs, opsetVersion: model.opsetVersion, options: choice)
    if let tuning = options.tuning {
      self.tuning = try tuning.measure(
        graphs, opsetVersion: model.opsetVersion, &choice, report: options.report)
      lowered = try lower(graphs, opsetVersion: model.opsetVersion, options: choice)
    } else {
      tuning = nil
    }
    options.report("measuring the error", options.tuning == nil ? 0.11 : 0.85)
    let steps = GradientSteps(model.graph)
    var measuredError = try ErrorChoice(
      graphs: graphs, opsetVersion: model.opsetVersion, maxError: options.maxError,
      probe: ErrorProbe(
        try openGraph.smallest(graphs, options.shapes), steps, opsetVersion: model.opsetVersion,
        images: options.images ?? model.imageOptions)
    ).hold(&lowered, &choice)
    measuredError?.unmeasured = steps.outputs
    self.measuredError = measuredError
    if let limit = options.memoryLimitByteCount {
      unlimited = lowered
      lowered = try lower(
        graphs, opsetVersion: model.opsetVersion, options: choice, memoryLimit: limit)
    } else {
      unlimited = nil
    }
    narrowedWeights = choice.narrowing?.summary.map(NarrowedWeights.init)
    self.lowered = lowered
    self.choice = choice
    contents.name = model.graph.name
    contents.instructionSet = choice.kernels.instructionSet
    contents.laneCount = choice.kernels.laneCount
    contents.weights = lowered.weights.blobs
    contents.variants = lowered.variants.map(\.plan)
    contents.metadata = metadata(of: model)
  }

  /// What packs one weight after the other into its place, each on all threads.
  func fillBlob() throws(TesseraError) -> PlanWriter.FillBlob {
    let pool = try ThreadPool(threadCount: threadCount)
    let start = options.tuning == nil ? 0.15 : 0.85
    let total = Double(max(1, lowered.weights.byteCount))
    return { (index, destination) throws(TesseraError) in
      let packed = Double(contents.weights[index].byteOffset) / total
      options.report("packing weights", start + (1 - start) * packed)
      try pack(lowered.weights.packings[index], into: destination, on: pool)
      if index == contents.weights.count - 1 { options.report("done", 1) }
    }
  }

  /// What the options say, with the model's own labels and images where they say nothing of them.
  private func metadata(of model: Model) -> [MetadataEntry] {
    var options = options
    if options.labels.isEmpty { options.labels = model.labels }
    options.images = options.images ?? model.imageOptions
    return options.metadata + (measuredError?.metadata ?? []) + (narrowedWeights?.metadata ?? [])
      + Plan.metadata(posteriorOutputs: model.graph.posteriorOutputs)
  }
}

extension Model {
  /// Infers all types for inputs of these shapes, so that problems are placed at the model's own nodes.
  ///
  /// - Returns: warnings about shapes that the model declares.
  /// - Throws: `TesseraError` if a shape does not fit.
  fileprivate func check(for shapes: [String: [Int]]) throws(TesseraError) -> [Diagnostic] {
    var graph = graph
    try graph.bindDimensions(shapes)
    return try graph.inferModelTypes(opsetVersion: opsetVersion)
  }
}
