import CPUKernels
import ExecutionPlan
import GraphIR
import KernelInterface
import Lowering
import Passes
import Synchronization
import Tensors

/// One run of the compiler: from a model to the contents of a plan and the work of packing its
/// weights.
struct Compilation {
  private(set) var contents = PlanContents()
  private(set) var notes: [String] = []
  private let options: CompileOptions
  private let weights = WeightPool()

  init(_ model: Model, _ options: CompileOptions) throws(TesseraError) {
    self.options = options
    guard !model.graph.outputs.isEmpty else {
      throw TesseraError(.invalidInput, "the graph has no outputs")
    }
    let kernels = try KernelTable.forThisMachine()
    var lowering = LoweringOptions(
      kernels: kernels, convAlgorithm: options.convAlgorithm.lowered)
    lowering.weightType = options.weightPrecision.lowered
    var context = PassContext(opsetVersion: model.opsetVersion)

    report("reading the graph", 0)
    var shared = model.graph
    try shared.inferTypes(opsetVersion: model.opsetVersion)
    report("rewriting the graph", 0.02)
    try PassPipeline.standard.run(on: &shared, context: &context)

    report("lowering", 0.1)
    for shapes in try requestedShapes(of: shared) {
      var graph = shared
      try graph.bindDimensions(shapes)
      try graph.inferTypes(opsetVersion: model.opsetVersion)
      try PassPipeline.standard.run(on: &graph, context: &context)
      contents.variants.append(
        try lower(
          graph, opsetVersion: model.opsetVersion, options: lowering, weights: weights))
    }
    contents.name = model.graph.name
    contents.instructionSet = kernels.instructionSet
    contents.laneCount = kernels.laneCount
    contents.weights = weights.blobs
    contents.metadata = metadata(of: model)
    notes = context.notes
  }

  /// Packs every weight into its place, on all threads.
  func fill(_ destinations: [UnsafeMutableRawBufferPointer]) throws(TesseraError) {
    report("packing weights", 0.15)
    let pieces = weights.packings.indices.flatMap { blob in
      piecesOfPanels(weights.packings[blob].panelCount).map { (blob: blob, panels: $0) }
    }
    let packings = weights.packings
    let failure = Mutex<TesseraError?>(nil)
    let threadCount =
      if let threads = options.threads { threads } else { try ThreadCount.preferred() }
    let pool = try ThreadPool(threadCount: threadCount)
    let packing = WorkPhase(itemCount: pieces.count) { item, _ in
      let piece = pieces[item]
      do throws(TesseraError) {
        try packings[piece.blob].fill(destinations[piece.blob], piece.panels)
      } catch {
        failure.withLock { $0 = error }
      }
    }
    let unused = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    defer { unused.deallocate() }
    pool.run([packing], workspace: unused, workspaceStrideByteCount: 0)
    if let error = failure.withLock({ $0 }) { throw error }
    report("done", 1)
  }

  /// Ranges of a few panels each, so that one large weight keeps all threads busy.
  private func piecesOfPanels(_ panelCount: Int) -> [Range<Int>] {
    stride(from: 0, to: panelCount, by: 8).map { $0..<min($0 + 8, panelCount) }
  }

  /// The shapes of each variant, with every open first extent set to 1 where nothing else is asked.
  private func requestedShapes(of graph: Graph) throws(TesseraError) -> [[String: [Int]]] {
    var requests = options.shapes.isEmpty ? [[:]] : options.shapes
    for index in requests.indices {
      for input in graph.inputs where requests[index][input] == nil {
        guard var dimensions = graph.types[input]?.dimensions, let first = dimensions.first,
          first.value == nil, dimensions.dropFirst().allSatisfy({ $0.value != nil })
        else { continue }
        dimensions[0] = .fixed(batch(of: first, in: graph, shapes: requests[index]))
        requests[index][input] = dimensions.compactMap(\.value)
      }
      guard !requests[..<index].contains(requests[index]) else {
        throw TesseraError(.invalidUsage, "two variants are asked for with the same shapes")
      }
    }
    return requests
  }

  /// The extent that another input's requested shape gives to the same symbol, else 1.
  private func batch(
    of dimension: Dimension, in graph: Graph, shapes: [String: [Int]]
  ) -> Int {
    guard case .symbol = dimension else { return 1 }
    for (input, extents) in shapes {
      guard let dimensions = graph.types[input]?.dimensions else { continue }
      for (other, extent) in zip(dimensions, extents) where other == dimension { return extent }
    }
    return 1
  }

  /// What the options say, with the model's own labels where they say none.
  private func metadata(of model: Model) -> [MetadataEntry] {
    var options = options
    if options.labels.isEmpty { options.labels = model.labels }
    return options.metadata
  }

  private func report(_ stage: String, _ fraction: Double) {
    options.onProgress?(CompileProgress(stage: stage, fraction: fraction))
  }
}
