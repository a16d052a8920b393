/// What an epoch gave.
package struct EpochRecord: Sendable, Equatable, Codable {
  /// Counted from 1.
  package var epoch: Int
  package var learningRate: Float
  /// The mean cross-entropy of the images as they were trained on, before each step.
  package var loss: Double
  /// The part of them whose class had not the largest score.
  package var trainingError: Double
  /// The part of the validation images whose class had not the largest score, or none of the five largest; nil
  /// without validation images.
  package var validationError: Double?
  package var validationTopFiveError: Double?
  package var imagesPerSecond: Double
}
