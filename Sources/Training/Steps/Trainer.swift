import CPUKernels
import Differentiation
import KernelInterface
import Tensors
import TesseraRuntime

/// Trains a classifier, batch by batch.
///
/// A batch is cut into shards of one size, whose gradients are added along one tree over the shards
/// (`GradientSchedule`). Everything is computed by static steps in one arena, laid out once; no step allocates. The
/// same batches, seed and shard size give the same weights, bit by bit, for any number of threads.
///
/// ```swift
/// let trainer = try Trainer(Network(path: "digits.onnx"), shardSize: 4)
/// let images = try Tensor([Float](repeating: 0, count: 8 * 28 * 28), shape: [8, 1, 28, 28])
/// let result = try trainer.step(images, labels: [0, 1, 2, 3, 4, 5, 6, 7], learningRate: 0.01)
/// print(result.loss)
/// let plan = try trainer.network.compile()
/// ```
public final class Trainer {
  /// How the weights follow their gradients.
  public var settings: DescentSettings
  /// Images of a shard; every batch is a multiple of it.
  public let shardSize: Int
  /// Classes of the network.
  public var classCount: Int { shard.program.classCount }
  /// Steps done.
  public private(set) var stepCount = 0

  /// Extents of one image: channels, rows, columns.
  public var imageExtents: [Int] { trained.imageExtents }

  private(set) var trained: TrainedNetwork
  let shard: ShardProgram.Training
  let parameters: KeptMemory
  /// Of the trained parameters, as they lie in `parameters`.
  let velocities: KeptMemory
  let executor: Executor
  /// Who trains this network together.
  var group = ProcessGroup()
  private let seed: UInt64
  private var slots: [Slot] = []
  private var factors: FactorMemory?
  private let kernelSettings: Arena
  private var test: BoundTest?

  /// Where the gradients of one shard, or the sum of several, lie.
  private struct Slot {
    let memory: KeptMemory
    let bound: BoundVariant
  }

  /// The network as it is tested on a number of images.
  private struct BoundTest {
    let program: ShardProgram
    let bound: BoundVariant
  }

  /// - Parameters:
  ///   - network: a classifier with one image input and one output `[images, classes]`, its weights bound.
  ///   - imageSize: rows and columns of images where the model leaves them open.
  ///   - isFrozen: says of a weight's name that it is not trained.
  ///   - seed: of the dropouts' masks.
  ///   - threads: nil takes what the process may use.
  ///   - arenaLimit: bytes that the arena of a shard may take. Where the results of the forward pass do not fit, the
  ///     backward pass computes some of them anew, in as little time as it can; no bit changes.
  /// - Throws: `TesseraError` that lists the operators without a gradient; or if the network cannot be
  ///   trained, the arena cannot be so small, or memory is refused.
  public init(
    _ network: Network, shardSize: Int, imageSize: (height: Int, width: Int)? = nil,
    settings: DescentSettings = DescentSettings(), seed: UInt64 = 1, threads: Int? = nil,
    arenaLimit: Int? = nil, isFrozen: (String) -> Bool = { _ in false }
  ) throws(TesseraError) {
    guard shardSize >= 1 else {
      throw TesseraError(.invalidUsage, "expected at least 1 image a shard, found \(shardSize)")
    }
    self.settings = settings
    self.shardSize = shardSize
    self.seed = seed
    trained = try TrainedNetwork(network, imageSize: imageSize, isFrozen: isFrozen)
    executor = try Executor(kernels: try KernelTable.forThisMachine(), threads: threads)
    shard = try ShardProgram.training(
      trained, imageCount: shardSize, threadCount: executor.threadCount, arenaLimit: arenaLimit)
    let arenaByteCount = shard.program.variant.arenaByteCount
    if let arenaLimit, arenaByteCount > arenaLimit {
      throw TesseraError(
        .invalidUsage,
        "the arena of a shard takes at least \(arenaByteCount) bytes, found a limit of \(arenaLimit)"
      )
    }
    parameters = try KeptMemory(shard.parameters)
    velocities = try KeptMemory(shard.parameters)
    kernelSettings = try Arena(byteCount: 64)
    for entry in shard.parameters.entries {
      if let tensor = trained.model.graph.constants[entry.name] {
        parameters.set(entry, to: tensor)
      }
    }
    trained.keepWeights(in: parameters)
    _ = try executor.reserve(for: [shard.program.variant], keepingMore: true)
  }

  /// The network with the weights as they are now.
  public var network: Network {
    get throws(TesseraError) {
      var values: [String: Tensor] = [:]
      for entry in shard.parameters.entries {
        values[entry.name] = try parameters.tensor(entry)
      }
      return Network(trained.model, replacing: values)
    }
  }

  /// Bytes of the arena, the parameters with their velocities, and the gradients of a batch of `shardCount`
  /// shards.
  public func memoryByteCount(shardCount: Int) -> Int {
    shard.program.variant.arenaByteCount
      + shard.keptByteCount(
        shardCount: shardCount, slotCount: schedule(shardCount: shardCount).slotCount)
  }

  func schedule(shardCount: Int) -> GradientSchedule {
    GradientSchedule(shardCount: shardCount, rank: group.rank, size: group.size)
  }

  /// Work that a step does twice to stay within the limit of its arena, as a part of all that it would do without.
  public var recomputedWork: Double { shard.program.recomputation?.extraWork ?? 0 }

  /// One step on a batch of the caller's.
  ///
  /// - Parameters:
  ///   - images: float32 `[B, C, H, W]`, `B` a multiple of the shard size.
  ///   - labels: the class of each image.
  /// - Throws: `TesseraError` if the batch does not fit, or if the loss is not finite; then the weights are
  ///   as before.
  @discardableResult
  public func step(
    _ images: Tensor, labels: [Int], learningRate: Float
  ) throws(TesseraError) -> StepResult {
    let extents = trained.imageExtents
    guard images.elementType == .float32, images.shape.rank == 4,
      Array(images.shape.dimensions[1...]) == extents, images.shape[0] == labels.count,
      labels.count > 0, labels.count % shardSize == 0
    else {
      throw TesseraError(
        .invalidUsage,
        "expected images float [B, \(extents.map(String.init).joined(separator: ", "))] and B labels, B a "
          + "multiple of \(shardSize), found \(images.elementType.onnxName) \(images.shape) and \(labels.count) labels"
      )
    }
    if let label = labels.first(where: { !(0..<classCount).contains($0) }) {
      throw TesseraError(
        .invalidUsage, "the label \(label) is none of the classes 0 to \(classCount - 1)")
    }
    let shardExtents = Shape([shardSize] + extents)
    let shardByteCount = images.byteCount / labels.count * shardSize
    let batch = try gradients(shardCount: labels.count / shardSize, epoch: stepCount) {
      (index) throws(TesseraError) in
      guard let shape = shardExtents else {
        throw TesseraError(.invalidUsage, "a shard of \(shardSize) images is too large")
      }
      let range = index * shardSize..<(index + 1) * shardSize
      let part = try Tensor(elementType: .float32, shape: shape) { target in
        images.withUnsafeBytes { bytes in
          target.copyMemory(
            from: UnsafeRawBufferPointer(
              rebasing: bytes[index * shardByteCount..<(index + 1) * shardByteCount]))
        }
      }
      return ShardInput(images: part, labels: Array(labels[range]), items: Array(range))
    }
    try update(by: batch, learningRate: learningRate)
    return batch.result
  }

  /// A batch whose gradients lie ready in the first slot.
  struct Batch {
    let result: StepResult
    let shardCount: Int
  }

  /// Adds the gradients of shards. Those that this process computes are asked for in order. No weight changes.
  ///
  /// - Parameters:
  ///   - epoch: with the items of a shard, what the masks of dropouts are drawn for.
  func gradients(
    shardCount: Int, epoch: Int, _ input: (Int) throws(TesseraError) -> ShardInput
  ) throws(TesseraError) -> Batch {
    let schedule = schedule(shardCount: shardCount)
    try reserveSlots(schedule.slotCount)
    try reserveFactors(imageCount: shardCount * shardSize)
    var hitCount = 0
    for step in schedule.local {
      switch step {
      case .shard(let index, let slot):
        let input = try input(index)
        let outputs = try run(input, epoch: epoch, in: slots[slot])
        factors?.store(outputs, from: index * shardSize)
        guard let scores = outputs[shard.program.scores] else {
          throw TesseraError(.invalidInput, "the shard gives no scores")
        }
        hitCount += hits(scores, input.labels)
      case .add(let left, let right): try add(slots[right].memory, to: slots[left].memory)
      }
    }
    hitCount = try group.agree("step \(stepCount + 1)", [hitCount]).reduce(0, +)
    for step in schedule.exchanges {
      switch step {
      case .send(let slot, let rank):
        group.send(UnsafeRawBufferPointer(slots[slot].memory.bytes), to: rank)
      case .receive(let slot, let rank): group.receive(slots[slot].memory.bytes, from: rank)
      case .add(let left, let right): try add(slots[right].memory, to: slots[left].memory)
      }
    }
    shareSums(shardCount: shardCount)
    let imageCount = shardCount * shardSize
    let bits = try group.announce { () throws(TesseraError) in
      [Int(truncatingIfNeeded: try loss(imageCount: imageCount).bitPattern)]
    }
    return Batch(
      result: StepResult(
        loss: Double(bitPattern: UInt64(truncatingIfNeeded: bits[0])), hitCount: hitCount,
        imageCount: imageCount),
      shardCount: shardCount)
  }

  /// Gives all the sums that are ready at the root, and the factors of all images of a batch.
  private func shareSums(shardCount: Int) {
    group.broadcast(slots[0].memory.bytes)
    guard let factors else { return }
    for rank in 1..<group.size {
      let shards = GradientSchedule.part(of: shardCount, rank: rank, size: group.size)
      for rows in factors.rows(of: shards.lowerBound * shardSize..<shards.upperBound * shardSize) {
        if group.isRoot { group.receive(rows, from: rank) }
        if group.rank == rank { group.send(UnsafeRawBufferPointer(rows), to: 0) }
      }
    }
    for rows in factors.rows(of: 0..<factors.imageCount) { group.broadcast(rows) }
  }

  /// The mean over a batch whose gradients lie ready.
  private func loss(imageCount: Int) throws(TesseraError) -> Double {
    let sum = slots[0].memory.elements(shard.gradients.entries[0])[0]
    guard sum.isFinite else {
      throw TesseraError(
        .invalidInput,
        "the loss of step \(stepCount + 1) is not finite: the learning rate may be too large, or the images or "
          + "the weights that it began with hold numbers that are not finite")
    }
    return Double(sum) / Double(imageCount)
  }

  /// Changes the weights by the gradients of a batch, which nothing else was computed after.
  func update(by batch: Batch, learningRate: Float) throws(TesseraError) {
    try update(
      by: slots[0].memory, imageCount: batch.result.imageCount, shardCount: batch.shardCount,
      learningRate)
    stepCount += 1
  }

  /// Gives the root's weights and velocities to all.
  func shareParameters() {
    group.broadcast(parameters.bytes)
    group.broadcast(velocities.bytes)
  }

  /// The scores `[shardSize, classes]` of images as the network has them at inference now.
  func scores(_ images: Tensor) throws(TesseraError) -> Tensor {
    if test == nil {
      let program = try ShardProgram.test(
        trained, imageCount: shardSize, parameters: shard.parameters,
        threadCount: executor.threadCount)
      try reserve(program)
      test = BoundTest(program: program, bound: try bind(program, gradients: nil))
    }
    guard let test else { throw TesseraError(.invalidInput, "the test is not bound") }
    let outputs = try executor.run(test.bound, [test.program.input: images])
    guard let scores = outputs[test.program.scores] else {
      throw TesseraError(.invalidInput, "the test gives no scores")
    }
    return scores
  }

  /// Continues from a stored state.
  func restore(stepCount: Int) { self.stepCount = stepCount }

  // MARK: Parts of a step

  private func run(
    _ input: ShardInput, epoch: Int, in slot: Slot
  ) throws(TesseraError) -> [String: Tensor] {
    let program = shard.program
    var inputs = [program.input: input.images]
    if let targets = program.targets {
      inputs[targets] = try input.targets(classCount: classCount)
    }
    for (index, mask) in program.masks.enumerated() {
      inputs[mask.name] = try input.mask(mask, index: index, seed: seed, epoch: epoch)
    }
    return try executor.run(slot.bound, inputs)
  }

  private func hits(_ scores: Tensor, _ labels: [Int]) -> Int {
    ClassRanks(scores).ranks(of: labels).count { $0 == 0 }
  }

  private func add(_ right: KeptMemory, to left: KeptMemory) throws(TesseraError) {
    guard let a = left.bytes.baseAddress, let b = right.bytes.baseAddress else { return }
    var sum = BinaryDescriptor()
    let count = left.bytes.count / MemoryLayout<Float>.size
    (sum.extents, sum.leftStrides, sum.rightStrides) = ([count], [1], [1])
    try executor.run(
      KernelCall(kernel: BinaryDescriptor.kernelName, descriptor: try sum.encoded()), [a, b, a])
  }

  private func update(
    by sum: KeptMemory, imageCount: Int, shardCount: Int, _ learningRate: Float
  ) throws(TesseraError) {
    for (entry, update) in zip(shard.parameters.entries, shard.updates) {
      switch update {
      case .mean(let updated):
        let updated = sum.elements(updated)
        let current = parameters.elements(entry)
        for index in current.indices { current[index] = updated[index] / Float(shardCount) }
      case .sum(let gradient):
        var descriptor = MomentumUpdateDescriptor()
        descriptor.elementCount = entry.shape.elementCount
        try descend(
          entry, descriptor, [sum.elements(gradient)], rate: learningRate, imageCount: imageCount)
      case .product(let gradient):
        guard let left = factors?[gradient.left], let right = factors?[gradient.right] else {
          continue
        }
        var descriptor = ProductUpdateDescriptor()
        (descriptor.count, descriptor.rows, descriptor.columns) = (
          imageCount, gradient.rowCount, gradient.columnCount
        )
        try descend(entry, descriptor, [left, right], rate: learningRate, imageCount: imageCount)
      }
    }
  }

  /// Runs an update of weights and velocity by what it reads.
  private func descend(
    _ entry: KeptLayout.Entry, _ descriptor: some KernelDescriptor,
    _ reading: [UnsafeMutableBufferPointer<Float>], rate: Float, imageCount: Int
  ) throws(TesseraError) {
    kernelSettings.bytes.storeBytes(
      of: settings.kernelSettings(for: entry, rate: rate, imageCount: imageCount),
      as: SIMD4<Float>.self)
    let operands =
      [parameters.elements(entry), velocities.elements(entry)] + reading
      + [kernelSettings.bytes.bindMemory(to: Float.self)]
    try executor.run(
      try KernelCall(descriptor), operands.compactMap { UnsafeMutableRawPointer($0.baseAddress) })
  }

  // MARK: Memory

  /// The steps of a shard whose gradients go to the first slot.
  func bindFirstSlot() throws(TesseraError) -> BoundVariant {
    try reserveSlots(1)
    return slots[0].bound
  }

  private func reserveSlots(_ count: Int) throws(TesseraError) {
    while slots.count < count {
      let memory = try KeptMemory(shard.gradients)
      slots.append(
        Slot(memory: memory, bound: try bind(shard.program, gradients: memory)))
    }
  }

  private func reserveFactors(imageCount: Int) throws(TesseraError) {
    guard !shard.factors.isEmpty, factors?.imageCount != imageCount else { return }
    factors = nil
    factors = try FactorMemory(shard.factors, imageCount: imageCount)
  }

  private func bind(
    _ program: ShardProgram, gradients: KeptMemory?
  ) throws(TesseraError) -> BoundVariant {
    try executor.bind(
      program.variant,
      weights: WeightRegions(shared: UnsafeRawBufferPointer(program.weights.bytes)),
      training: TrainingRegions(
        parameters: parameters.bytes,
        gradients: gradients?.bytes ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)))
  }

  /// Makes room for a program, and binds all that was bound to the arena before.
  private func reserve(_ program: ShardProgram) throws(TesseraError) {
    guard try executor.reserve(for: [program.variant], keepingMore: true) else { return }
    for index in slots.indices {
      let memory = slots[index].memory
      slots[index] = Slot(memory: memory, bound: try bind(shard.program, gradients: memory))
    }
  }
}
