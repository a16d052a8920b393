/// What a step of training found before it changed the weights.
public struct StepResult: Sendable, Equatable {
  /// The mean cross-entropy of the batch's images.
  public var loss: Double
  /// Images whose class had the largest score.
  public var hitCount: Int
  /// Images of the batch.
  public var imageCount: Int
}
