/// When the learning rate is divided by 10.
package enum LearningRateSchedule: Sendable, Equatable, Codable {
  /// Before these epochs, counted from 1.
  case epochs([Int])
  /// When the validation error has not fallen for `patience` epochs, at most `drops` times (section 3.1 of
  /// Simonyan and Zisserman, 2014: three times).
  case stalls(patience: Int, drops: Int)

  /// By what the rate is divided in the epoch after those of `errors`.
  ///
  /// - Parameter errors: the validation errors so far, epoch by epoch.
  func divisor(after errors: [Double]) -> Float {
    var divisor: Float = 1
    switch self {
    case .epochs(let epochs):
      for epoch in epochs where epoch <= errors.count + 1 { divisor *= 10 }
    case .stalls(let patience, let drops):
      var (best, bestEpoch, dropCount) = (Double.infinity, 0, 0)
      for (epoch, error) in errors.enumerated() {
        if error < best {
          (best, bestEpoch) = (error, epoch)
        } else if epoch - bestEpoch >= patience, dropCount < drops {
          (divisor, dropCount, bestEpoch) = (divisor * 10, dropCount + 1, epoch)
        }
      }
    }
    return divisor
  }
}
