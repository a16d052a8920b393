import CPUKernels
import Tensors

extension Session {
  /// As `run` without `await`, on a thread of the session's own: no thread of Swift's concurrency waits for
  /// it. Calls take turns in their order.
  ///
  /// - Throws: besides, a `TesseraError` of kind `cancelled` if the task is cancelled: at once while it waits
  ///   for its turn, else after the step that is running. The session can be used as before.
  public func run(_ inputs: [String: Tensor]) async throws(TesseraError) -> [String: Tensor] {
    try await thread.perform { (cancellation) throws(TesseraError) in
      try self.run(inputs, unless: cancellation)
    }
  }
}
