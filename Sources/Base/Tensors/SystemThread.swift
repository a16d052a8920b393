import Platform

/// A thread of the operating system.
package struct SystemThread: @unchecked Sendable {
  private let handle: ThreadHandle

  private final class Body {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread that calls `body`. Somebody must `join` or `detach` it.
  ///
  /// - Parameter name: what the error calls the thread.
  /// - Throws: `TesseraError` if the system refuses it.
  package init(
    named name: String = "a thread", body: @escaping @Sendable () -> Void
  ) throws(TesseraError) {
    let argument = Unmanaged.passRetained(Body(body))
    var handle = emptyThreadHandle()
    let code = pthread_create(
      &handle, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
      throw TesseraError(.systemFailure, "cannot start \(name): \(reason)")
    }
    self.handle = handle
  }

  /// Waits until the thread has ended.
  package func join() { pthread_join(handle, nil) }

  /// Lets the thread end by itself.
  package func detach() { pthread_detach(handle) }
}
