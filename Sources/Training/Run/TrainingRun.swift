import Evaluation
import Lowering
import Synchronization
import Tensors
import TesseraImages

/// A training from its first epoch, or from a checkpoint, to its last. One thread may run it; others may take
/// checkpoints meanwhile.
package final class TrainingRun: @unchecked Sendable {
  /// What has happened.
  package enum Event: Sendable {
    /// A batch of the epoch, counted from 0, is done.
    case batch(epoch: Int, batch: Int, batchCount: Int, StepResult)
    /// Images of this process's part of the validation set are tested.
    case validation(epoch: Int, imageCount: Int)
    case epoch(EpochRecord)
  }

  package let trainer: Trainer
  package private(set) var state: TrainingState
  private let images: TrainingImages
  private let validation: LabelledImages?
  private let clock = ContinuousClock()
  private var group: ProcessGroup { trainer.group }
  /// Held while weights and state change.
  private let changes = Mutex(())

  package var history: [EpochRecord] { state.history }
  /// Bytes that the training takes besides the images that wait.
  package var memoryByteCount: Int {
    trainer.memoryByteCount(shardCount: request.batchSize / request.shardSize)
  }
  /// What the backward pass computes anew; nil if nothing.
  package var recomputation: Recomputation? { trainer.shard.program.recomputation }
  package var request: TrainingRequest { state.request }
  /// Batches of an epoch: images that fill none are left out, others each time.
  package var batchCount: Int { images.data.items.count / request.batchSize }

  /// - Parameters:
  ///   - images: how pixels become inputs.
  ///   - colors: of the training set; needed where the request subtracts the mean or shifts colours.
  ///   - arenaLimit: bytes of the arena above which values are computed twice; nil without a limit.
  /// - Throws: `TesseraError` if the network, the data and the request do not fit one another.
  package init(
    _ network: Network, data: LabelledImages, validation: LabelledImages?,
    images options: ImageOptions, colors: ColorComponents?, request: TrainingRequest, threads: Int?,
    arenaLimit: Int? = nil, group: ProcessGroup = ProcessGroup()
  ) throws(TesseraError) {
    var request = request
    request.imageCount = data.items.count
    try Self.require(request, group)
    var settings = DescentSettings()
    settings.momentum = request.momentum
    settings.weightDecay = request.weightDecay
    settings.decaysBiases = request.decaysBiases
    trainer = try Trainer(
      network, shardSize: request.shardSize, settings: settings, seed: request.seed,
      threads: threads, arenaLimit: arenaLimit,
      isFrozen: { name in request.frozen.contains { NamePattern($0).matches(name) } })
    trainer.group = group
    for entry in trainer.shard.parameters.entries {
      let factors = request.rateFactors.filter { NamePattern($0.pattern).matches(entry.name) }.map(
        \.factor)
      if !factors.isEmpty { trainer.settings.rateFactors[entry.name] = factors.reduce(1, *) }
    }
    for pattern in request.frozen + request.rateFactors.map(\.pattern)
    where !trainer.trained.model.graph.weights.contains(where: NamePattern(pattern).matches) {
      throw TesseraError(.invalidUsage, "no weight of the network is called '\(pattern)'")
    }
    let preprocessing = try trainer.trained.preprocessing(options)
    if let range = request.augmentation.scale,
      range.lowerBound < max(preprocessing.width, preprocessing.height)
    {
      throw TesseraError(
        .invalidUsage,
        "images are scaled to shorter sides from \(range.lowerBound) pixels, but the network takes "
          + "\(preprocessing.width)x\(preprocessing.height)")
    }
    for data in [data, validation].compactMap({ $0 }) {
      try data.requireLabels(below: trainer.classCount)
      if let count = data.folderCount, count != trainer.classCount {
        throw TesseraError(
          .invalidInput,
          "there are \(count) folders of classes, the network has \(trainer.classCount) classes"
        ).inFile(data.path)
      }
    }
    let empty = data.emptyFolders.map { Diagnostic("the class has no images", file: $0) }
    if let error = TesseraError(.invalidInput, diagnostics: empty) { throw error }
    self.validation = validation
    self.images = TrainingImages(
      data: data, preprocessing: preprocessing, augmentation: request.augmentation, colors: colors,
      seed: request.seed)
    state = TrainingState(request: request)
    guard batchCount > 0 else {
      throw TesseraError(
        .invalidInput,
        "there are \(data.items.count) images, fewer than a batch of \(request.batchSize)"
      ).inFile(data.path)
    }
  }

  /// Goes on where a checkpoint was taken.
  package func resume(from path: String) throws(TesseraError) {
    state = try Checkpoint.read(path, into: trainer, for: state.request)
  }

  /// Begins where the root is. Without this, or `resume`, a process alone begins anew.
  package func join() throws(TesseraError) {
    try group.agree("the start of the training")
    state = try group.broadcast(state)
    trainer.restore(stepCount: state.stepCount)
    trainer.shareParameters()
  }

  /// Takes a checkpoint, of what was before a batch that is being worked on.
  package func writeCheckpoint(to path: String) throws(TesseraError) {
    try changes.withLock { (_) throws(TesseraError) in
      try Checkpoint.write(state, of: trainer, to: path)
    }
  }

  /// Trains what is left.
  package func run(report: (Event) throws(TesseraError) -> Void) throws(TesseraError) {
    while state.history.count < request.epochCount {
      try trainEpoch(report)
      let errors = try test(report)
      let images = batchCount * request.batchSize
      let record = EpochRecord(
        epoch: state.history.count + 1, learningRate: learningRate,
        loss: state.lossSum / Double(batchCount),
        trainingError: 1 - Double(state.hitCount) / Double(images),
        validationError: errors?.first, validationTopFiveError: errors?.topFive,
        imagesPerSecond: Double(images) / max(state.seconds, 1e-9))
      changes.withLock { _ in
        state.history.append(record)
        (state.batchCount, state.lossSum, state.hitCount, state.seconds) = (0, 0, 0, 0)
      }
      try report(.epoch(record))
    }
  }

  /// The rate of the epoch at hand.
  private var learningRate: Float {
    request.learningRate
      / request.schedule.divisor(
        after: state.history.map { $0.validationError ?? $0.trainingError })
  }

  private func trainEpoch(_ report: (Event) throws(TesseraError) -> Void) throws(TesseraError) {
    let epoch = state.history.count
    var generator = CounterGenerator(seed: request.seed, .order, epoch: epoch)
    let order = Array(
      generator.permutation(of: images.data.items.count).prefix(batchCount * request.batchSize))
    let shardsOfBatch = request.batchSize / request.shardSize
    let own = group.part(of: shardsOfBatch)
    let places = (state.batchCount..<batchCount).flatMap { batch in
      own.map { batch * shardsOfBatch + $0 }
    }
    let shards = images.shards(order, size: request.shardSize, places, epoch: epoch)
    defer { shards.stop() }
    while state.batchCount < batchCount {
      let start = clock.now
      let batch = try trainer.gradients(shardCount: shardsOfBatch, epoch: epoch) {
        (_) throws(TesseraError) in try shards.next().get()
      }
      try finish(batch, learningRate)
      changes.withLock { _ in state.seconds += (clock.now - start) / .seconds(1) }
      try report(
        .batch(epoch: epoch, batch: state.batchCount - 1, batchCount: batchCount, batch.result))
    }
  }

  private func finish(_ batch: Trainer.Batch, _ rate: Float) throws(TesseraError) {
    try changes.withLock { (_) throws(TesseraError) in
      try trainer.update(by: batch, learningRate: rate)
      state.lossSum += batch.result.loss
      state.hitCount += batch.result.hitCount
      state.batchCount += 1
      state.stepCount = trainer.stepCount
    }
  }

  /// The parts of the validation images that are not classified rightly; nil without such images.
  private func test(
    _ report: (Event) throws(TesseraError) -> Void
  ) throws(TesseraError) -> (first: Double, topFive: Double)? {
    guard let validation else { return nil }
    var still = Augmentation()
    (still.cropsAnywhere, still.mirrors) = (false, false)
    if let range = request.augmentation.scale {
      let middle = (range.lowerBound + range.upperBound) / 2
      still.scale = middle...middle
    }
    let tested = TrainingImages(
      data: validation, preprocessing: images.preprocessing, augmentation: still, colors: nil,
      seed: request.seed)
    let (count, size) = (validation.items.count, request.shardSize)
    // The last shard is filled up with its first image.
    let items = (0..<(count + size - 1) / size * size).map { $0 < count ? $0 : $0 / size * size }
    let own = group.part(of: items.count / size)
    let shards = tested.shards(items, size: size, Array(own), epoch: 0)
    defer { shards.stop() }
    var (misses, farMisses, testedCount) = (0, 0, 0)
    for place in own {
      let shard = try shards.next().get()
      let ranks = ClassRanks(try trainer.scores(shard.images)).ranks(of: shard.labels)
        .prefix(count - place * size)
      misses += ranks.count { $0 >= 1 }
      farMisses += ranks.count { $0 >= 5 }
      testedCount += ranks.count
      try report(.validation(epoch: state.history.count, imageCount: testedCount))
    }
    let errors = try group.agree("the test", [misses, farMisses]).map {
      Double($0) / Double(count)
    }
    return (errors[0], errors[1])
  }

  private static func require(
    _ request: TrainingRequest, _ group: ProcessGroup
  ) throws(TesseraError) {
    guard request.batchSize % request.shardSize == 0 else {
      throw TesseraError(
        .invalidUsage,
        "a batch of \(request.batchSize) images is no multiple of a shard of \(request.shardSize)")
    }
    let shardCount = request.batchSize / request.shardSize
    guard shardCount >= group.size else {
      throw TesseraError(
        .invalidUsage,
        "a batch of \(request.batchSize) images in shards of \(request.shardSize) is work for at most \(shardCount) "
          + "ranks, found \(group.size): take fewer ranks or smaller shards")
    }
  }
}

extension TrainedNetwork {
  func preprocessing(_ options: ImageOptions) throws(TesseraError) -> Preprocessing {
    guard let shape = Shape([1] + imageExtents) else {
      throw TesseraError(.invalidInput, "the images are too large", at: .value(input))
    }
    return try options.preprocessing(
      for: TensorSpecification(name: input, elementType: .float32, shape: shape))
  }
}
