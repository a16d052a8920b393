import Platform
import Synchronization

/// The wish of a user or of the system that the process ends, as SIGINT and SIGTERM tell it.
enum Interruption {
  private static let signals = [SIGINT, SIGTERM]
  private static let flag = Atomic(false)

  /// Whether one of the signals has come since the start of `during`.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Lets the first signal only set `isRequested` while `body` runs; a second one ends the process at
  /// once.
  static func during<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    flag.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      Interruption.flag.store(true, ordering: .relaxed)
    }
    action.sa_flags = SA_RESTART | Int32(bitPattern: UInt32(SA_RESETHAND))
    var former = signals.map { _ in sigaction() }
    for (index, signal) in signals.enumerated() { sigaction(signal, &action, &former[index]) }
    defer {
      for (index, signal) in signals.enumerated() { sigaction(signal, &former[index], nil) }
    }
    return try body()
  }
}
