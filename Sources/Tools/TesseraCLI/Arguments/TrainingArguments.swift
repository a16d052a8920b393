import Frontend
import Tessera
import TesseraTraining

/// The options that say how a network is trained.
enum TrainingArguments {
  private static let epochs = Option<Int>(
    "epochs", "N", help: "Go through the images N times (default: 74)",
    parse: ArgumentValue.integer(in: 1...1_000_000))
  private static let batch = Option<Int>(
    "batch", "N", help: "Images of a step (default: 256)",
    parse: ArgumentValue.integer(in: 1...1 << 20))
  private static let shard = Option<Int>(
    "shard", "N", help: "Images in memory at a time; divides --batch (default: 32, or the batch)",
    parse: ArgumentValue.integer(in: 1...1 << 20))
  private static let memoryLimit = Option<Int>(
    "memory-limit", "BYTES",
    help:
      "Take shards so small, or compute as much twice, that the training fits, as in 2G",
    parse: ArgumentValue.byteCount)
  private static let fill = Option<WeightSource>(
    "fill", "random:SEED[,D]", completion: .words(["random:"]),
    help: "Draw the weights that --weights lacks; D is he, glorot or normal=VARIANCE"
  ) { (text) throws(TesseraError) in try WeightSource(argument: text) }
  private static let take = Option(
    "take", "PATTERN", isRepeatable: true,
    help: "Take only these weights from --weights, and draw the others")
  private static let rate = Option<Float>(
    "learning-rate", "R", help: "The first learning rate (default: 0.01)",
    parse: ArgumentValue.positiveFloat)
  private static let drops = Option<[Int]>(
    "drop-at", "EPOCH[,…]",
    help:
      "Divide the learning rate by 10 before these epochs, not when the validation error stalls",
    parse: ArgumentValue.epochs)
  private static let patience = Option<Int>(
    "patience", "N",
    help: "Divide it by 10 after N epochs without progress, three times at most (default: 3)",
    parse: ArgumentValue.integer(in: 1...1_000_000))
  private static let momentum = Option<Float>(
    "momentum", "M", help: "(default: 0.9)", parse: ArgumentValue.part)
  private static let decay = Option<Float>(
    "weight-decay", "D", help: "(default: 0.0005)", parse: ArgumentValue.part)
  private static let keepsBiases = Flag(
    "no-bias-decay", help: "Decay weights alone, not biases and other vectors")
  private static let freeze = Option(
    "freeze", "PATTERN", isRepeatable: true, help: "Leave weights of these names as they are")
  private static let factor = Option<TrainingRequest.RateFactor>(
    "learning-rate-of", "PATTERN=FACTOR", isRepeatable: true,
    help: "Multiply the learning rate of weights of these names", parse: ArgumentValue.rateFactor)
  private static let scale = Option<ClosedRange<Int>>(
    "train-scale", "S[..T]",
    help:
      "Scale the shorter side to S pixels, or at random to S to T (default: the network's size)",
    parse: ArgumentValue.pixelRange)
  private static let center = Flag("center-crop", help: "Cut out the middle, not a random part")
  private static let unmirrored = Flag("no-mirror", help: "Mirror no image")
  private static let color = Option<Float>(
    "color-shift", "D",
    help:
      "Shift colours along their principal components by deviations of D (0.1 as in the paper; default: 0)",
    parse: ArgumentValue.part)
  private static let mean = Flag(
    "subtract-mean", help: "Subtract the mean colour of the training images")
  private static let seed = Option<UInt64>(
    "seed", "N", help: "Of all that is random (default: 1)", parse: ArgumentValue.seed)

  static let declarations = [
    fill.declaration, take.declaration, epochs.declaration, batch.declaration, shard.declaration,
    memoryLimit.declaration, rate.declaration,
    drops.declaration, patience.declaration, momentum.declaration, decay.declaration,
    keepsBiases.declaration, freeze.declaration, factor.declaration, scale.declaration,
    center.declaration, unmirrored.declaration, color.declaration, mean.declaration,
    seed.declaration,
  ]

  static func request(_ arguments: ParsedArguments) throws(TesseraError) -> TrainingRequest {
    var request = TrainingRequest()
    if let count = arguments[epochs] { request.epochCount = count }
    if let size = arguments[batch] { request.batchSize = size }
    if let rate = arguments[rate] { request.learningRate = rate }
    if let epochs = arguments[drops] {
      guard arguments[patience] == nil else {
        throw TesseraError(
          .invalidUsage, "options '--drop-at' and '--patience' contradict each other")
      }
      request.schedule = .epochs(epochs)
    } else if let patience = arguments[patience] {
      request.schedule = .stalls(patience: patience, drops: 3)
    }
    if let momentum = arguments[momentum] { request.momentum = momentum }
    if let decay = arguments[decay] { request.weightDecay = decay }
    request.decaysBiases = !arguments[keepsBiases]
    request.frozen = arguments.all(freeze)
    request.rateFactors = arguments.all(factor)
    request.augmentation.scale = arguments[scale]
    request.augmentation.cropsAnywhere = !arguments[center]
    request.augmentation.mirrors = !arguments[unmirrored]
    if let deviation = arguments[color] { request.augmentation.colorShift = Double(deviation) }
    request.subtractsMean = arguments[mean]
    if let seed = arguments[seed] { request.seed = seed }
    return request
  }

  /// The images of a shard, and its arena.
  static func shardSize(
    _ arguments: ParsedArguments, _ network: Network, _ request: TrainingRequest
  ) throws(TesseraError) -> ShardSize {
    let frozen = request.frozen.map(NamePattern.init)
    return try ShardSize.choose(
      network, batchSize: request.batchSize, fixed: arguments[shard],
      limitByteCount: arguments[memoryLimit], threads: arguments[Common.threads]
    ) { name in frozen.contains { $0.matches(name) } }
  }

  /// Refuses a pattern of `--take` that no weight of the network fits.
  static func requireTaken(
    _ arguments: ParsedArguments, _ network: Network
  ) throws(TesseraError) {
    for pattern in arguments.all(take)
    where !network.model.graph.weights.contains(where: NamePattern(pattern).matches) {
      throw TesseraError(.invalidUsage, "no weight of the network is called '\(pattern)'")
    }
  }

  /// What becomes of weights that `--weights` does not give.
  static func fill(_ arguments: ParsedArguments) throws(TesseraError) -> WeightFill? {
    let patterns = arguments.all(take).map(NamePattern.init)
    guard let source = arguments[fill] else {
      guard patterns.isEmpty else {
        throw TesseraError(.invalidUsage, "option '--take' needs '--fill'")
      }
      return nil
    }
    guard case .random(let seed, let distribution) = source,
      let weights = arguments[WeightArguments.weights],
      case .file = weights
    else {
      throw TesseraError(
        .invalidUsage, "option '--fill' takes random:SEED, beside '--weights' with a file")
    }
    return WeightFill(seed: seed, distribution) { name in
      patterns.isEmpty || patterns.contains { $0.matches(name) }
    }
  }
}

extension ArgumentValue {
  fileprivate static func positiveFloat(_ text: String) throws(TesseraError) -> Float {
    guard let value = Float(text), value > 0, value.isFinite else {
      throw unexpected(text, "a number above 0")
    }
    return value
  }

  fileprivate static func part(_ text: String) throws(TesseraError) -> Float {
    guard let value = Float(text), value >= 0, value < 1 else {
      throw unexpected(text, "a number from 0 to below 1")
    }
    return value
  }

  fileprivate static func epochs(_ text: String) throws(TesseraError) -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let epochs = parts.compactMap { Int($0) }
    guard epochs.count == parts.count, epochs.allSatisfy({ $0 > 1 }),
      zip(epochs, epochs.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw unexpected(text, "epochs from 2 on in ascending order, with commas between") }
    return epochs
  }

  fileprivate static func pixelRange(_ text: String) throws(TesseraError) -> ClosedRange<Int> {
    let ends = text.components(separatedBy: "..").map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      (1...1 << 16).contains(first), (first...max(first, 1 << 16)).contains(last)
    else { throw unexpected(text, "pixels, or two numbers of pixels with .. between") }
    return first...last
  }

  fileprivate static func rateFactor(
    _ text: String
  ) throws(TesseraError) -> TrainingRequest.RateFactor {
    guard let equals = text.lastIndex(of: "="),
      let factor = Float(text[text.index(after: equals)...]),
      factor >= 0, factor.isFinite
    else { throw unexpected(text, "PATTERN=FACTOR with a factor of at least 0") }
    return TrainingRequest.RateFactor(pattern: String(text[..<equals]), factor: factor)
  }

  fileprivate static func seed(_ text: String) throws(TesseraError) -> UInt64 {
    guard let seed = UInt64(text) else { throw unexpected(text, "a whole number from 0 on") }
    return seed
  }
}
