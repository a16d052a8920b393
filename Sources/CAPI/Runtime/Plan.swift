import CTessera
import ExecutionPlan
import Tensors
import TesseraRuntime

@c @implementation
package func tsr_plan_open(
  _ path: UnsafePointer<CChar>?, _ plan: UnsafeMutablePointer<OpaquePointer?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try giveOut(to: plan, named: "plan") { () throws(TesseraError) in
      try PlanHandle(Plan(path: requireText(path, "path")))
    }
  }
}

@c @implementation
package func tsr_plan_copy(
  _ bytes: UnsafeRawPointer?, _ byte_count: Int, _ plan: UnsafeMutablePointer<OpaquePointer?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try giveOut(to: plan, named: "plan") { () throws(TesseraError) in
      let bytes = try requireBytes(bytes, byte_count, "bytes")
      return try planHandle(TensorStorage(byteCount: bytes.count) { $0.copyMemory(from: bytes) })
    }
  }
}

@c @implementation
package func tsr_plan_borrow(
  _ bytes: UnsafeRawPointer?, _ byte_count: Int, _ plan: UnsafeMutablePointer<OpaquePointer?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try giveOut(to: plan, named: "plan") { () throws(TesseraError) in
      let bytes = try requireBytes(bytes, byte_count, "bytes")
      let excess = UInt(bitPattern: bytes.baseAddress) % UInt(planAlignment)
      guard excess == 0 else {
        throw TesseraError(
          .invalidUsage,
          "expected 'bytes' at a multiple of \(planAlignment), found it \(excess) bytes after one")
      }
      return try planHandle(TensorStorage(borrowing: bytes, from: Caller.memory))
    }
  }
}

/// Owns what the caller keeps valid.
private final class Caller: Sendable {
  static let memory = Caller()
}

private func planHandle(_ storage: TensorStorage) throws(TesseraError) -> PlanHandle {
  try PlanHandle(Plan(image: PlanImage(storage)))
}

@c @implementation
package func tsr_plan_release(_ plan: OpaquePointer?) {
  guard let plan else { return }
  Unmanaged<PlanHandle>.fromOpaque(UnsafeRawPointer(plan)).release()
}

@c @implementation
package func tsr_plan_verify_weights(
  _ plan: OpaquePointer?, _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try require(PlanHandle.of(plan), "plan").plan.verifyWeights()
  }
}

@c @implementation
package func tsr_plan_bytes(
  _ plan: OpaquePointer?, _ byte_count: UnsafeMutablePointer<Int>?
) -> UnsafeRawPointer? {
  let bytes = PlanHandle.of(plan)?.plan.image.fileBytes
  byte_count?.pointee = bytes?.count ?? 0
  return bytes?.baseAddress
}

@c @implementation
package func tsr_plan_name(_ plan: OpaquePointer?) -> UnsafePointer<CChar>? {
  PlanHandle.of(plan)?.name
}

@c @implementation
package func tsr_plan_metadata(
  _ plan: OpaquePointer?, _ key: UnsafePointer<CChar>?
) -> UnsafePointer<CChar>? {
  guard let plan = PlanHandle.of(plan), let key else { return nil }
  return plan.metadata(key)
}

@c @implementation
package func tsr_plan_label_count(_ plan: OpaquePointer?) -> Int {
  PlanHandle.of(plan)?.labelCount ?? 0
}

@c @implementation
package func tsr_plan_label(_ plan: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
  PlanHandle.of(plan)?.label(index)
}
