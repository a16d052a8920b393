import CPUKernels
import Differentiation
import ExecutionPlan
import GraphIR
import KernelInterface
import Lowering
import Passes
import Tensors
import TesseraRuntime

/// The steps for one shard of a batch, or for as many images of a test: what they read and leave, and where.
struct ShardProgram {
  /// Images of a shard.
  let imageCount: Int
  let classCount: Int
  let input: String
  /// The output `[N, classes]`.
  let scores: String
  /// Nil in a test.
  let targets: String?
  let masks: [TrainingForm.Mask]
  let variant: PlanVariant
  /// Nil where nothing is computed twice.
  let recomputation: Recomputation?
  let weights: Arena

  /// The loss and the gradients of a shard.
  struct Training {
    let program: ShardProgram
    let parameters: KeptLayout
    /// The first entry is the loss.
    let gradients: KeptLayout
    /// In the order of the parameters.
    let updates: [ParameterUpdate]

    /// The gradients that are kept as factors.
    var factors: [GradientFactors] { updates.compactMap(\.factors) }

    /// Bytes of the parameters with their velocities, of the gradients in `slotCount` slots and of the factors of a batch of
    /// `shardCount` shards: all but the arena.
    func keptByteCount(shardCount: Int, slotCount: Int) -> Int {
      2 * parameters.byteCount + slotCount * gradients.byteCount
        + factors.reduce(0) { $0 + $1.byteCount(imageCount: shardCount * program.imageCount) }
        + program.weights.bytes.count
    }
  }

  /// The forward and the backward pass of `imageCount` images.
  ///
  /// - Parameter arenaLimit: bytes of the arena from which on the backward pass computes values anew; it may take more
  ///   if that does not suffice.
  /// - Throws: `TesseraError` for operators without a gradient, all at once, and as lowering does.
  static func training(
    _ network: TrainedNetwork, imageCount: Int, threadCount: Int, arenaLimit: Int?
  ) throws(TesseraError) -> Training {
    let opset = network.model.opsetVersion
    var graph = try network.graph(imageCount: imageCount)
    let form = try graph.makeTrainingForm(opsetVersion: opset)
    let statistics = form.statistics.map(\.current)
    let trained = network.trained.filter { !statistics.contains($0) && graph.constants[$0] != nil }
    let gradientNames = try graph.appendGradients(
      of: form.loss, withRespectTo: trained, holding: statistics, opsetVersion: opset)

    var parameters = KeptLayout(.parameters)
    var gradients = KeptLayout(.gradients)
    var updates: [ParameterUpdate] = []
    gradients.append(form.loss, Shape.scalar)
    for name in trained {
      guard let shape = graph.constants[name]?.shape, let gradient = gradientNames[name]
      else { continue }
      parameters.append(name, shape)
      if let factors = try GradientFactors(
        of: gradient, in: graph, imageCount: imageCount, opsetVersion: opset)
      {
        updates.append(.product(factors))
      } else {
        updates.append(.sum(gradients.append(gradient, shape)))
      }
    }
    for statistic in form.statistics {
      guard let shape = graph.constants[statistic.current]?.shape else { continue }
      parameters.append(statistic.current, shape)
      updates.append(.mean(gradients.append(statistic.updated, shape)))
    }
    graph.outputs = gradients.entries.map(\.name) + [form.scores]
    for factors in updates.compactMap(\.factors) {
      for name in [factors.left, factors.right] where !graph.outputs.contains(name) {
        graph.outputs.append(name)
      }
    }
    graph.openConstants(parameters.entries.map(\.name))
    let program = try ShardProgram(
      graph, network, scores: form.scores, targets: form.targets, masks: form.masks,
      kept: parameters.operands.merging(gradients.operands) { first, _ in first },
      limit: arenaLimit.map { RecomputationLimit(loss: form.loss, arenaByteCount: $0) },
      threadCount: threadCount)
    return Training(
      program: program, parameters: parameters, gradients: gradients, updates: updates)
  }

  /// The forward pass of `imageCount` images as at inference, with the parameters of a training.
  static func test(
    _ network: TrainedNetwork, imageCount: Int, parameters: KeptLayout, threadCount: Int
  ) throws(TesseraError) -> ShardProgram {
    var graph = try network.graph(imageCount: imageCount)
    let names = parameters.entries.map(\.name)
    graph.openConstants(names)
    try graph.expandBatchNormalization(opsetVersion: network.model.opsetVersion)
    guard let scores = graph.outputs.first else {
      throw TesseraError(.invalidInput, "the graph has no outputs")
    }
    return try ShardProgram(
      graph, network, scores: scores, targets: nil, masks: [], kept: parameters.operands,
      limit: nil, threadCount: threadCount)
  }

  private init(
    _ graph: Graph, _ network: TrainedNetwork, scores: String, targets: String?,
    masks: [TrainingForm.Mask], kept: [String: Operand], limit: RecomputationLimit?,
    threadCount: Int
  ) throws(TesseraError) {
    var graph = graph
    let opset = network.model.opsetVersion
    guard let shape = graph.type(of: scores)?.shape, shape.rank == 2 else {
      throw TesseraError(
        .invalidInput, "training needs an output [images, classes]", at: .value(scores))
    }
    (imageCount, classCount) = (shape[0], shape[1])
    (input, self.scores, self.targets, self.masks) = (network.input, scores, targets, masks)
    var context = PassContext(opsetVersion: opset)
    try PassPipeline.standard.run(on: &graph, context: &context)
    var options = LoweringOptions(kernels: try KernelTable.forThisMachine())
    options.threadCount = threadCount
    let pool = WeightPool()
    let lowered = try lower(
      graph, opsetVersion: opset, options: options, weights: pool, kept: kept, limit: limit)
    (variant, recomputation) = (lowered.plan, lowered.recomputation)
    weights = try Arena(byteCount: pool.byteCount)
    try pool.pack(into: weights.bytes)
  }
}

extension WeightPool {
  /// Packs the weights that are constants into their zeroed places.
  fileprivate func pack(into bytes: UnsafeMutableRawBufferPointer) throws(TesseraError) {
    for (blob, packing) in zip(blobs, packings) {
      let range = blob.byteOffset..<blob.byteOffset + blob.byteCount
      try packing.fill(
        UnsafeMutableRawBufferPointer(rebasing: bytes[range]), 0..<packing.panelCount)
    }
  }
}
