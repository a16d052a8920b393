import Platform
import Synchronization
import Tensors

/// The end of the process by SIGINT or SIGTERM: exit code 130, and nothing that is incomplete is left.
///
/// A thread waits for the signals, so that they end the process whatever its other threads do.
enum Interruption {
  /// Microseconds after which the process ends even if its end is in the way of something.
  private static let patience: useconds_t = 800_000
  private static let action = Mutex<(@Sendable () -> Never)?>(nil)
  private static let ignoresMore = Atomic(false)

  /// Lets further signals do nothing, as where a launcher sends one for each other process that ends.
  static func ignoreMore() { ignoresMore.store(true, ordering: .relaxed) }

  /// Lets the first signal from now on end the process. To be called before other threads are started.
  static func watch() {
    var signals = signalSet
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { _ in
        var signals = Interruption.signalSet
        var received: Int32 = 0
        while sigwait(&signals, &received) != 0 {}
        Interruption.leave()
      }, nil)
    if failure != 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  /// Runs `body`; a signal that comes before its end calls `report`, on a thread of its own beside it.
  static func during<Failure: Error>(
    _ body: () throws(Failure) -> Void, orElse report: @escaping @Sendable () -> Never
  ) throws(Failure) {
    action.withLock { $0 = report }
    defer { action.withLock { $0 = nil } }
    try body()
  }

  /// Lets what comes after a signal take its time; a second signal ends the process at once.
  static func waitLonger() { ualarm(0, 0) }

  /// Ends the process.
  static func end() -> Never {
    UnfinishedNames.removeAll { _exit(ExitStatus.interrupted.rawValue) }
  }

  private static var signalSet: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    return signals
  }

  private static func leave() -> Never {
    for number in [SIGINT, SIGTERM, SIGALRM] {
      signal(number) { _ in _exit(ExitStatus.interrupted.rawValue) }
    }
    if ignoresMore.load(ordering: .relaxed) {
      for number in [SIGINT, SIGTERM] { signal(number, SIG_IGN) }
    }
    var signals = signalSet
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    ualarm(patience, 0)
    if isatty(STDERR_FILENO) == 1 { StandardError.write("\r\u{1B}[K") }
    StandardError.write("\(Tool.name): interrupted\n")
    // The lock is kept: `during` does not end any more.
    action.withLock { report in
      if let report { report() } else { end() }
    }
  }
}
