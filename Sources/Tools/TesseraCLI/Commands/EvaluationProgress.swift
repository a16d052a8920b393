import Foundation

/// How far an evaluation is, how fast it goes and how long it will take.
struct EvaluationProgress {
  private let imageCount: Int
  /// Images that were done before this process.
  private let restoredCount: Int
  private var doneCount: Int
  private let start = Date()

  init(imageCount: Int, doneCount: Int) {
    self.imageCount = imageCount
    restoredCount = doneCount
    self.doneCount = doneCount
  }

  mutating func advance() { doneCount += 1 }

  var fraction: Double { Double(doneCount) / Double(imageCount) }

  /// As in `12/1000 images, 3.4 images/s, 4 min 50 s left`.
  var text: String {
    let images = "\(doneCount.grouped)/\(imageCount.grouped) images"
    let seconds = Date().timeIntervalSince(start)
    let newCount = doneCount - restoredCount
    guard newCount > 0, seconds > 0 else { return images }
    let rate = Double(newCount) / seconds
    let left = Int(min(Double(imageCount - doneCount) / rate, 1e9).rounded(.up))
    return "\(images), \(Figures.significant(rate, digits: 3)) images/s, \(Self.time(left)) left"
  }

  private static func time(_ seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
    default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
  }
}
