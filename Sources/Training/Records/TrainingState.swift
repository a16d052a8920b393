/// How far a training is, besides its weights.
package struct TrainingState: Sendable, Equatable, Codable {
  /// What the training was asked to do; another one is not gone on with.
  package var request: TrainingRequest
  /// Finished epochs.
  package var history: [EpochRecord] = []
  /// Batches of the epoch after them that were trained on.
  var batchCount = 0
  /// Over those batches.
  var lossSum = 0.0
  var hitCount = 0
  var seconds = 0.0
  var stepCount = 0
}
