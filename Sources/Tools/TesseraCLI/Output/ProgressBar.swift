import Foundation
import Synchronization
import Tessera

/// A line on standard error that says how far a long job has come. Shown only on a terminal and only
/// once the job has taken a second; removed at the end.
final class ProgressBar: Sendable {
  private struct State {
    var stage = ""
    var fraction = 0.0
    var isFinished = false
    var isShown = false
  }

  private static let delay: TimeInterval = 1
  private static let interval: TimeInterval = 0.1
  private static let width = 24

  private let state = Mutex(State())
  private let start = Date()

  /// Runs `body` with a progress bar that goes away when `body` ends.
  static func during<Result, Failure: Error>(
    _ body: (ProgressBar) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bar = ProgressBar()
    if isatty(STDERR_FILENO) == 1 { bar.redrawRepeatedly() }
    defer { bar.finish() }
    return try body(bar)
  }

  /// Says what is being done and how far the whole job is, from 0 to 1.
  func update(_ stage: String, _ fraction: Double) {
    state.withLock {
      $0.stage = stage
      $0.fraction = fraction
    }
  }

  /// Lets `body` write to standard error where the bar was; the bar comes back below.
  func interrupted(by body: () -> Void) {
    state.withLock { state in
      if state.isShown { StandardError.write("\r\u{1B}[K") }
      state.isShown = false
      body()
    }
  }

  /// Prints a warning where the bar was.
  func warn(_ warning: Diagnostic) {
    interrupted { StandardError.warn([warning]) }
  }

  private func redrawRepeatedly() {
    Thread.detachNewThread { [self] in
      while state.withLock({ !$0.isFinished }) {
        draw()
        Thread.sleep(forTimeInterval: Self.interval)
      }
    }
  }

  private func draw() {
    let elapsed = Date().timeIntervalSince(start)
    guard elapsed >= Self.delay else { return }
    state.withLock { state in
      guard !state.isFinished else { return }
      let fraction = min(max(state.fraction.isNaN ? 0 : state.fraction, 0), 1)
      let filled = Int(fraction * Double(Self.width))
      let bar =
        String(repeating: "#", count: filled)
        + String(repeating: "-", count: Self.width - filled)
      let percent = "\(Int(fraction * 100)) %".leftPadded(to: 5)
      StandardError.write("\r\u{1B}[K[\(bar)] \(percent)  \(Int(elapsed)) s  \(state.stage)")
      state.isShown = true
    }
  }

  private func finish() {
    state.withLock { state in
      state.isFinished = true
      if state.isShown { StandardError.write("\r\u{1B}[K") }
    }
  }
}
