/// All that decides the weights of a training.
package struct TrainingRequest: Sendable, Equatable, Codable {
  /// Digests (`ContentDigest`) of the network and its first weights, or how these are drawn, and of the images.
  package var network = ""
  package var weights = ""
  package var data = ""
  package var imageCount = 0
  package var validation: String?

  package var epochCount = 74
  package var batchSize = 256
  package var shardSize = 32
  package var learningRate: Float = 0.01
  package var schedule = LearningRateSchedule.stalls(patience: 3, drops: 3)
  package var momentum: Float = 0.9
  package var weightDecay: Float = 5e-4
  package var decaysBiases = true
  package var rateFactors: [RateFactor] = []
  package var frozen: [String] = []
  package var augmentation = Augmentation()
  package var subtractsMean = false
  package var seed: UInt64 = 1

  package init() {}

  /// What the learning rate is multiplied by for weights whose names fit a pattern, in which `*` stands for any
  /// characters.
  package struct RateFactor: Sendable, Equatable, Codable {
    package var pattern: String
    package var factor: Float

    package init(pattern: String, factor: Float) {
      (self.pattern, self.factor) = (pattern, factor)
    }
  }

  /// What fields are called whose names do not say it.
  private static let words = [
    "network": "the network's file", "weights": "the first weights",
    "data": "the training images", "imageCount": "the number of training images",
    "validation": "the validation images",
  ]

  /// Its members by name.
  var fields: [(name: String, value: String)] {
    Mirror(reflecting: self).children.map { ($0.label ?? "", "\($0.value)") }
  }

  /// What differs from another request, in words.
  func differences(from other: TrainingRequest) -> [String] {
    zip(fields, other.fields).filter { $0.value != $1.value }
      .map { Self.words[$0.0.name] ?? $0.0.name }.sorted()
  }
}
