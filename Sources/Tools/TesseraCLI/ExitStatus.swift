import Tessera

/// What the process tells its caller.
enum ExitStatus: Int32, CaseIterable, Sendable {
  /// All was done.
  case done = 0
  /// A file, a value or the system stood in the way.
  case failed = 1
  /// The command line is malformed.
  case wrongUsage = 2
  /// The model needs an operator or a feature that we do not support.
  case unsupported = 3
  /// A signal asked for the end before all was done: 128 and the number of SIGINT, as shells say it.
  case interrupted = 130

  var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "failed"
    case .wrongUsage: "wrong usage"
    case .unsupported: "an operator or a feature that is not supported"
    case .interrupted: "interrupted"
    }
  }

  init(_ kind: TesseraError.Kind) {
    self =
      switch kind {
      case .invalidInput, .systemFailure: .failed
      case .invalidUsage: .wrongUsage
      case .unsupported: .unsupported
      case .cancelled: .interrupted
      }
  }
}
