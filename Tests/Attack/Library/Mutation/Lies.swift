import TestSupport

/// Numbers that a damaged file may state.
enum Lies {
  private static let numbers: [Int64] = [
    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 4096, 32767,
    65535, 1 << 16, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 40, 1 << 47,
    1 << 48,
    1 << 60, 1 << 62, .max, .min, -1, -2, -64, -(1 << 31),
  ]
  private static let texts = [
    "99999999999999999999", "1e400", "-1e-400", "nan", "inf", "-inf", "0x10", "1.5", "", "\"1\"",
  ]

  static func number(insteadOf old: Int64, _ generator: inout SeededGenerator) -> Int64 {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: old &+ Int64.random(in: -3...3, using: &generator)
    case 1: Bool.random(using: &generator) ? old &* 2 : old / 2
    default: numbers.randomElement(using: &generator) ?? 0
    }
  }

  static func text(insteadOf old: Int64, _ generator: inout SeededGenerator) -> String {
    guard Int.random(in: 0..<4, using: &generator) == 0 else {
      return String(number(insteadOf: old, &generator))
    }
    return texts.randomElement(using: &generator) ?? ""
  }
}
