/// What an epoch gave.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// Counted from 1.
  public var epoch: Int
  public var learningRate: Float
  /// The mean cross-entropy of the images as they were trained on, before each step.
  public var loss: Double
  /// The part of them whose class had not the largest score.
  public var trainingError: Double
  /// The part of the validation images whose class had not the largest score, or none of the five largest; nil
  /// without validation images.
  public var validationError: Double?
  public var validationTopFiveError: Double?
  public var imagesPerSecond: Double
}
