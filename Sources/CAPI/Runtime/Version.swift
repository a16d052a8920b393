import CTessera
import Tensors

@c @implementation
package func tsr_abi_version() -> UInt32 { UInt32(TSR_ABI_VERSION) }

@c @implementation
package func tsr_version() -> UnsafePointer<CChar>? { version.pointer }

private let version = StaticText(tesseraVersion)

/// Text that C reads for as long as the program runs.
private struct StaticText: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let bytes = text.utf8CString
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: byte) }
    pointer = UnsafePointer(copy)
  }
}
