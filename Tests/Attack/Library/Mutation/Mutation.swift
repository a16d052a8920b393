import TestSupport

/// Seeded damage to bytes of any format: bits, lengths, pieces of other samples, lies in numbers.
struct Mutation {
  /// Damages numbers in digits as well.
  let isText: Bool
  /// Where pieces come from.
  let donors: [[UInt8]]

  /// No result is longer.
  private static let maximumByteCount = 1 << 20

  func applied(to sample: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = sample
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { break }
      damage(&bytes, &generator)
    }
    return Array(bytes.prefix(Self.maximumByteCount))
  }

  private func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    switch Int.random(in: 0..<(isText ? 14 : 10), using: &generator) {
    case 0, 1:
      bytes[place(bytes, &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2:
      bytes[place(bytes, &generator)] = UInt8.random(in: 0...255, using: &generator)
    case 3:
      bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
    case 4:
      bytes.removeSubrange(piece(of: bytes, &generator))
    case 5:
      let donor = donors.randomElement(using: &generator) ?? bytes
      guard !donor.isEmpty else { return }
      bytes.insert(
        contentsOf: donor[piece(of: donor, &generator)], at: place(bytes, &generator))
    case 6:
      let piece = bytes[piece(of: bytes, &generator)]
      let count = 1 << Int.random(in: 0..<8, using: &generator)
      guard piece.count * count <= Self.maximumByteCount else { return }
      let place = place(bytes, &generator)
      bytes.insert(contentsOf: Array(repeatElement(piece, count: count).joined()), at: place)
    case 7...9: lieInBinary(&bytes, &generator)
    default: lieInText(&bytes, &generator)
    }
  }

  /// Overwrites 1, 2, 4 or 8 bytes with a number of either byte order, or moves the one there a little.
  private func lieInBinary(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let size = 1 << Int.random(in: 0..<4, using: &generator)
    guard bytes.count >= size else { return }
    var start = Int.random(in: 0...bytes.count - size, using: &generator)
    if Bool.random(using: &generator) { start -= start % size }
    let isBigEndian = Bool.random(using: &generator)
    let places = Array(start..<start + size)
    let order = isBigEndian ? places.reversed() : places
    let old = order.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    var number = Lies.number(insteadOf: Int64(truncatingIfNeeded: old), &generator)
    for place in order {
      bytes[place] = UInt8(truncatingIfNeeded: number)
      number >>= 8
    }
  }

  /// Replaces a run of digits by another number.
  private func lieInText(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let first = place(bytes, &generator)
    guard let start = bytes[first...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    let old = Int64(String(decoding: bytes[start..<end], as: UTF8.self)) ?? 0
    bytes.replaceSubrange(
      start..<end, with: Array(Lies.text(insteadOf: old, &generator).utf8))
  }

  private func place(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> Int {
    Int.random(in: bytes.indices, using: &generator)
  }

  /// Short pieces are likelier than long ones.
  private func piece(of bytes: [UInt8], _ generator: inout SeededGenerator) -> Range<Int> {
    let start = place(bytes, &generator)
    let limit = 1 << Int.random(in: 0..<12, using: &generator)
    return start..<min(bytes.count, start + Int.random(in: 1...limit, using: &generator))
  }
}
