import ExecutionPlan

/// Makes the checksums of a plan's metadata and header those of its bytes. `Docs/plan-format.md` says
/// where they lie.
func repairingPlanChecksums(_ plan: [UInt8]) -> [UInt8] {
  guard plan.count >= 64 else { return plan }
  var plan = plan
  let start = plan.withUnsafeBytes { $0.load(fromByteOffset: 32, as: UInt64.self) }
  guard let offset = Int(exactly: start), offset >= 64, offset <= plan.count else { return plan }
  plan.withUnsafeMutableBytes { bytes in
    let section = UnsafeRawBufferPointer(rebasing: bytes[offset...])
    bytes.storeBytes(of: UInt64(section.count), toByteOffset: 40, as: UInt64.self)
    bytes.storeBytes(of: hashOfBytes(section), toByteOffset: 48, as: UInt64.self)
    let header = UnsafeRawBufferPointer(rebasing: bytes[..<56])
    bytes.storeBytes(of: hashOfBytes(header), toByteOffset: 56, as: UInt64.self)
  }
  return plan
}
