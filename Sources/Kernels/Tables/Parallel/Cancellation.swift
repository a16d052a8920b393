import Synchronization
import Tensors

/// The wish that a run ends before it is done.
package final class Cancellation: Sendable {
  private let flag = Atomic(false)

  package init() {}

  /// Whether `request` has been called.
  package var isRequested: Bool { flag.load(ordering: .relaxed) }

  package func request() { flag.store(true, ordering: .relaxed) }
}

extension TesseraError {
  /// What a run throws that was cancelled.
  package static var cancelledRun: TesseraError {
    TesseraError(.cancelled, "the run was cancelled")
  }
}
