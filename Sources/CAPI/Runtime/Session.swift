import CTessera
import Tensors
import TesseraRuntime

@c @implementation
package func tsr_session_create(
  _ plan: OpaquePointer?, _ options: UnsafePointer<tsr_session_options>?,
  _ session: UnsafeMutablePointer<OpaquePointer?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try giveOut(to: session, named: "session") { () throws(TesseraError) in
      let plan = try require(PlanHandle.of(plan), "plan")
      var known = tsr_session_options()
      try read(options, into: &known)
      return try SessionHandle(plan, threads: known.thread_count == 0 ? nil : known.thread_count)
    }
  }
}

@c @implementation
package func tsr_session_release(_ session: OpaquePointer?) {
  // The threads that releasing waits for are not in a process that was forked off.
  guard let session, SessionHandle.of(session)?.isOfThisProcess == true else { return }
  Unmanaged<SessionHandle>.fromOpaque(UnsafeRawPointer(session)).release()
}

@c @implementation
package func tsr_session_thread_count(_ session: OpaquePointer?) -> Int {
  SessionHandle.of(session)?.session.threadCount ?? 0
}

@c @implementation
package func tsr_session_memory_byte_count(_ session: OpaquePointer?) -> Int {
  guard let session = SessionHandle.of(session), session.isOfThisProcess else { return 0 }
  return session.session.memoryByteCount
}

@c @implementation
package func tsr_session_prepare(
  _ session: OpaquePointer?, _ variant: Int, _ message: UnsafeMutablePointer<CChar>?,
  _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    let session = try require(SessionHandle.of(session), "session")
    try session.requireThisProcess()
    try session.session.prepare(variants: [variant])
  }
}

@c @implementation
package func tsr_session_run(
  _ session: OpaquePointer?, _ variant: Int, _ inputs: UnsafePointer<tsr_input>?,
  _ input_count: Int, _ outputs: UnsafePointer<tsr_output>?, _ output_count: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try require(SessionHandle.of(session), "session").run(variant: variant) {
      (_, arguments) throws(TesseraError) in
      try arguments.enter(inputs: inputs, input_count, outputs: outputs, output_count)
    }
  }
}

@c @implementation
package func tsr_session_run_named(
  _ session: OpaquePointer?, _ variant: Int,
  _ input_names: UnsafePointer<UnsafePointer<CChar>?>?, _ inputs: UnsafePointer<tsr_input>?,
  _ input_count: Int, _ output_names: UnsafePointer<UnsafePointer<CChar>?>?,
  _ outputs: UnsafePointer<tsr_output>?, _ output_count: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try require(SessionHandle.of(session), "session").run(variant: variant) {
      (plan, arguments) throws(TesseraError) in
      try arguments.enter(inputs: inputs, named: input_names, input_count, of: plan.inputs)
      try arguments.enter(outputs: outputs, named: output_names, output_count, of: plan.outputs)
    }
  }
}
