/// All that decides the weights of a training but the data and the network themselves.
public struct TrainingRequest: Sendable, Equatable, Codable {
  /// What the network and its first weights are, and the images.
  public var network = ""
  public var weights = ""
  public var data = ""
  public var imageCount = 0
  public var validation: String?

  public var epochCount = 74
  public var batchSize = 256
  public var shardSize = 32
  public var learningRate: Float = 0.01
  public var schedule = LearningRateSchedule.stalls(patience: 3, drops: 3)
  public var momentum: Float = 0.9
  public var weightDecay: Float = 5e-4
  public var decaysBiases = true
  public var rateFactors: [RateFactor] = []
  public var frozen: [String] = []
  public var augmentation = Augmentation()
  public var subtractsMean = false
  public var seed: UInt64 = 1

  public init() {}

  /// What the learning rate is multiplied by for weights whose names fit a pattern, in which `*` stands for any
  /// characters.
  public struct RateFactor: Sendable, Equatable, Codable {
    public var pattern: String
    public var factor: Float

    public init(pattern: String, factor: Float) {
      (self.pattern, self.factor) = (pattern, factor)
    }
  }

  /// The names of what differs from another request.
  func differences(from other: TrainingRequest) -> [String] {
    func fields(_ request: TrainingRequest) -> [String: String] {
      let members = Mirror(reflecting: request).children.map { ($0.label ?? "", "\($0.value)") }
      return Dictionary(members) { first, _ in first }
    }
    let (own, others) = (fields(self), fields(other))
    return own.keys.filter { own[$0] != others[$0] }.sorted()
  }
}
