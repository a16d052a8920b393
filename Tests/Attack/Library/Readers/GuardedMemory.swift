import KernelInterface
import Platform
import TestSupport

/// Zeroed memory of an exact size between pages that cannot be touched. It ends less than 64 bytes before
/// the page behind it; those bytes are compared.
final class GuardedMemory {
  let bytes: UnsafeMutableRawBufferPointer
  private let mapping: UnsafeMutableRawBufferPointer

  private static let pageByteCount = 4096
  private static let mark: UInt8 = 0xA5

  init(byteCount: Int) {
    let used = roundUp(byteCount, toMultipleOf: 64)
    let inner = roundUp(max(used, 1), toMultipleOf: Self.pageByteCount)
    let count = inner + 2 * Self.pageByteCount
    let address = mmap(nil, count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    mapping = UnsafeMutableRawBufferPointer(start: address, count: count)
    let first = mapping.baseAddress.map { $0 + Self.pageByteCount }
    mprotect(first, inner, PROT_READ | PROT_WRITE)
    bytes = UnsafeMutableRawBufferPointer(
      start: first.map { $0 + (inner - used) }, count: byteCount)
    for place in unused { mapping[place] = Self.mark }
  }

  deinit { munmap(mapping.baseAddress, mapping.count) }

  /// The writable bytes on both sides, at most 256 before.
  private var unused: [Int] {
    let end = mapping.count - Self.pageByteCount
    let start = end - roundUp(bytes.count, toMultipleOf: 64)
    return Array(max(Self.pageByteCount, start - 256)..<start) + Array(start + bytes.count..<end)
  }

  /// Any bits: numbers of all sizes, infinities and NaNs.
  func fill(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for place in bytes.indices { bytes[place] = UInt8.random(in: 0...255, using: &generator) }
  }

  func requireIntact(_ what: String) throws {
    guard unused.allSatisfy({ mapping[$0] == Self.mark }) else {
      throw AttackFault("\(what) wrote outside its memory")
    }
  }
}
