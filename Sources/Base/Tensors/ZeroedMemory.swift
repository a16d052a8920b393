import Platform

/// Zeroed memory of our own, 64-byte aligned. Large blocks take pages from the system when they are
/// first written.
package final class ZeroedMemory: @unchecked Sendable {
  /// All bytes. Valid while this object lives.
  package let bytes: UnsafeMutableRawBufferPointer
  private let allocation: UnsafeMutableRawPointer

  /// Alignment in bytes of the first byte.
  package static let alignment = 64

  /// - Throws: `TesseraError` if the system refuses the bytes, or if they are more than the process may
  ///   ever have.
  package init(byteCount: Int) throws(TesseraError) {
    try ProcessMemory.check(byteCount)
    let (padded, overflow) = byteCount.addingReportingOverflow(Self.alignment)
    guard !overflow, let allocation = calloc(padded, 1) else { throw .refusedMemory(byteCount) }
    self.allocation = allocation
    bytes = UnsafeMutableRawBufferPointer(
      start: allocation.alignedUp(toMultipleOf: Self.alignment), count: byteCount)
  }

  deinit { free(allocation) }
}

extension TesseraError {
  /// The system does not have so much memory.
  package static func refusedMemory(_ byteCount: Int) -> TesseraError {
    TesseraError(.systemFailure, "the system refused \(byteCount) bytes of memory")
  }
}
