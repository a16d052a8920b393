import Tensors

/// Copies a struct of options that begins with `struct_size` over `options`, which hold the defaults, all zero.
///
/// The caller's header may be newer: what its struct has beyond ours must be zero.
///
/// - Throws: `invalidUsage` if its size is none that a header has, or a field is set that we do not know.
package func read<Options: BitwiseCopyable>(
  _ pointer: UnsafePointer<Options>?, into options: inout Options
) throws(TesseraError) {
  guard let pointer else { return }
  let start = UnsafeRawPointer(pointer)
  let known = MemoryLayout<Options>.size
  let byteCount = start.loadUnaligned(as: Int.self)
  guard (known...1 << 16).contains(byteCount) else {
    throw TesseraError(
      .invalidUsage,
      "expected sizeof(\(Options.self)), at least \(known), in 'struct_size', found \(UInt(bitPattern: byteCount))"
    )
  }
  let bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
  if let offset = bytes[known...].firstIndex(where: { $0 != 0 }) {
    throw TesseraError(
      .invalidUsage,
      "'\(Options.self)' sets byte \(offset), which this version of the library does not know")
  }
  withUnsafeMutableBytes(of: &options) {
    $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<known]))
  }
}
