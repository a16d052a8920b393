import Tessera
import TesseraTraining

/// The line of a training on a terminal.
struct TrainingProgress {
  private let training: TrainingRun
  private let bar: ProgressBar
  private let start = ContinuousClock().now
  private var stepCount = 0
  private let stepsBefore: Int

  init(_ training: TrainingRun, _ bar: ProgressBar) {
    (self.training, self.bar) = (training, bar)
    stepsBefore = training.trainer.stepCount
  }

  mutating func show(_ event: TrainingRun.Event) {
    let request = training.request
    switch event {
    case .batch(let epoch, let batch, let count, let result):
      stepCount += 1
      let seconds = (ContinuousClock().now - start) / .seconds(1)
      let total = request.epochCount * count
      let done = stepsBefore + stepCount
      let left = seconds / Double(stepCount) * Double(total - done)
      let rate = Double(stepCount * request.batchSize) / max(seconds, 1e-9)
      bar.update(
        "epoch \(epoch + 1) of \(request.epochCount), batch \(batch + 1) of \(count): loss "
          + "\(Figures.fixed(result.loss, digits: 4)), \(Figures.fixed(rate, digits: 1)) images/s, "
          + "\(Figures.fixed(left / 60, digits: 1)) minutes left", Double(done) / Double(total))
    case .validation(let epoch, let count):
      bar.update(
        "epoch \(epoch + 1) of \(request.epochCount): \(count) images tested",
        Double(stepsBefore + stepCount) / Double(request.epochCount * training.batchCount))
    case .epoch: break
    }
  }
}

extension EpochRecord {
  /// One line of a log.
  var json: JSONValue {
    .object([
      "epoch": .integer(epoch), "learning_rate": .float(learningRate), "loss": .double(loss),
      "training_error": .double(trainingError),
      "validation_error": validationError.map(JSONValue.double) ?? .null,
      "validation_top5_error": validationTopFiveError.map(JSONValue.double) ?? .null,
      "images_per_second": .double(imagesPerSecond),
    ])
  }

  /// One line for people.
  func text(epochCount: Int) -> String {
    func percent(_ part: Double) -> String { "\(Figures.fixed(part * 100, digits: 2)) %" }
    var text =
      "epoch \(epoch)/\(epochCount)  rate \(Figures.significant(Double(learningRate)))  loss \(Figures.fixed(loss, digits: 4))"
    text += "  training error \(percent(trainingError))"
    if let validationError { text += "  validation error \(percent(validationError))" }
    return text + "  \(Figures.fixed(imagesPerSecond, digits: 1)) images/s\n"
  }
}
