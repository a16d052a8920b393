import Evaluation
import Tessera

/// What an evaluation found, for people and for programs.
struct EvaluationReport {
  let tally: Tally
  private let evaluation: Evaluation
  private let records: [ImageRecord]
  private let isComplete: Bool
  /// Images that this process evaluated, and how long that took.
  private let newCount: Int
  private let seconds: Double

  init(
    _ evaluation: Evaluation, records: [ImageRecord], isComplete: Bool, newCount: Int,
    seconds: Double
  ) {
    var tally = Tally(
      networkCount: evaluation.networks.count, scaleCount: evaluation.settings.scales.count)
    records.forEach { tally.count($0) }
    self.tally = tally
    self.evaluation = evaluation
    self.records = records
    self.isComplete = isComplete
    self.newCount = newCount
    self.seconds = seconds
  }

  private var imagesPerSecond: Double { seconds > 0 ? Double(newCount) / seconds : 0 }

  var text: String {
    var table = TextTable([
      .text("model"), .number("scale"), .number("top-1 error"), .number("top-5 error"),
    ])
    func append(_ name: String, _ scale: String, _ misses: Tally.Misses) {
      table.append([name, scale, percent(misses.top1), percent(misses.top5)])
    }
    let scales = evaluation.settings.scales
    for (index, network) in evaluation.networks.enumerated() {
      if scales.count > 1 {
        for (place, scale) in scales.enumerated() {
          append(network.name, "\(scale)", tally.misses(network: index, scale: place))
        }
      }
      append(
        network.name, scales.map(String.init).joined(separator: ","),
        tally.misses(network: index))
    }
    if evaluation.networks.count > 1 { append("fused", "", tally.fusedMisses) }
    let total = evaluation.data.items.count
    let note = isComplete ? "" : ", stopped after \(records.count.grouped) of \(total.grouped)"
    return table.text
      + "\n\(tally.imageCount.grouped) images, \(tally.skippedCount.grouped) skipped\(note)\n"
      + "\(Figures.fixed(seconds, digits: 1)) s, "
      + "\(Figures.significant(imagesPerSecond, digits: 3)) images/s\n"
  }

  private func percent(_ count: Int) -> String {
    tally.imageCount == 0 ? "–" : Figures.fixed(tally.share(count) * 100, digits: 2) + " %"
  }

  var json: JSONValue {
    let settings = evaluation.settings
    let models = evaluation.networks.enumerated().map { index, network in
      let scales = settings.scales.enumerated().map { place, scale in
        JSONValue.members(
          [("scale", .integer(scale))]
            + errors(tally.misses(network: index, scale: place)))
      }
      return JSONValue.members(
        [("model", .string(network.name))] + errors(tally.misses(network: index))
          + [("scales", .array(scales))])
    }
    return .object([
      "images": .integer(tally.imageCount), "skipped": .integer(tally.skippedCount),
      "errors": .array(skippedImages), "mode": .string(settings.mode.rawValue),
      "order": .string(settings.order.rawValue), "flips": .bool(settings.mirrors),
      "scales": .integers(settings.scales), "complete": .bool(isComplete),
      "models": .array(models), "fused": .members(errors(tally.fusedMisses)),
      "seconds": .double(seconds), "images_per_second": .double(imagesPerSecond),
    ])
  }

  private func errors(_ misses: Tally.Misses) -> [(name: String, value: JSONValue)] {
    [
      ("top1_error", .double(tally.share(misses.top1))),
      ("top5_error", .double(tally.share(misses.top5))),
    ]
  }

  private var skippedImages: [JSONValue] {
    records.compactMap { record in
      guard case .skipped(let reason) = record.outcome else { return nil }
      return .object([
        "image": .string(evaluation.data.items[record.index].name), "error": .string(reason),
      ])
    }
  }
}
