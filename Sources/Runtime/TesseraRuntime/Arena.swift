import Platform
import Tensors

/// Zeroed memory of a session, page-aligned, taken from the system on first use of each page.
package final class Arena {
  package let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: `TesseraError` if the system does not have `byteCount` bytes.
  package init(byteCount: Int) throws(TesseraError) {
    guard
      let memory = mmap(
        nil, max(byteCount, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else {
      throw TesseraError(
        .systemFailure, "the system refused \(byteCount) bytes of memory for a session")
    }
    // The transforms of a Winograd convolution touch more pages at a time than the CPU has entries for.
    madvise(memory, max(byteCount, 1), MADV_HUGEPAGE)
    bytes = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
  }

  deinit {
    munmap(bytes.baseAddress, max(bytes.count, 1))
  }

  /// The bytes of a slice, whose bounds the plan's verification has checked.
  func slice(at byteOffset: Int, byteCount: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[byteOffset..<byteOffset + byteCount])
  }
}
