import CTessera
import Platform
import Synchronization
import Tensors
import TesseraRuntime

/// What a `tsr_session` points to: a session, and what a run needs so that it allocates nothing.
final class SessionHandle: @unchecked Sendable {
  let session: Session
  private let plan: PlanHandle
  /// The threads are those of this process alone.
  private let process = getpid()
  private let lock = Mutex(())
  /// Touched with `lock` held.
  private var arguments: RunArguments

  /// - Throws: `TesseraError` if memory or a thread is refused.
  init(_ plan: PlanHandle, threads: Int?) throws(TesseraError) {
    self.plan = plan
    session = try Session(plan: plan.plan, threads: threads)
    arguments = RunArguments(inputCount: plan.inputs.count, outputCount: plan.outputs.count)
  }

  /// The object of a handle; nil for NULL.
  static func of(_ handle: OpaquePointer?) -> SessionHandle? {
    handle.map { Unmanaged.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  /// False in a process that was forked off from the one that made the session.
  var isOfThisProcess: Bool { getpid() == process }

  /// - Throws: `invalidUsage` in a process that was forked off: its locks may be held for ever.
  func requireThisProcess() throws(TesseraError) {
    guard isOfThisProcess else {
      throw TesseraError(
        .invalidUsage,
        "the session was made in process \(process), this is \(getpid()): a forked process makes sessions of its own"
      )
    }
  }

  /// Runs a variant on what `collect` enters.
  func run(
    variant: Int,
    _ collect: (PlanHandle, inout RunArguments) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    try requireThisProcess()
    try lock.withLock { (_) throws(TesseraError) in
      arguments.clear()
      try collect(plan, &arguments)
      try session.run(
        variant: variant, inputs: arguments.inputs, intoWanted: arguments.outputs)
    }
  }
}
