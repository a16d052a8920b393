import CZlib

func crc32Checksum(_ bytes: some Collection<UInt8>) -> UInt32 {
  let bytes = Array(bytes)
  return UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(truncatingIfNeeded: bytes.count)))
}

extension [UInt8] {
  /// The number in the bytes `range`, the last byte the highest; nil if they are not all there.
  func littleEndian(_ range: Range<Int>) -> Int? {
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return range.reversed().reduce(0) { $0 << 8 | Int(self[$1]) }
  }

  /// The number in the bytes `range`, the first byte the highest; nil if they are not all there.
  func bigEndian(_ range: Range<Int>) -> Int? {
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return range.reduce(0) { $0 << 8 | Int(self[$1]) }
  }

  /// Stores `number` in the four bytes from `offset` on, the lowest first.
  mutating func store(littleEndian number: UInt32, at offset: Int) {
    guard offset >= 0, offset + 4 <= count else { return }
    for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
  }
}
