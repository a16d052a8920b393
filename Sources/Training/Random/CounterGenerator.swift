import Platform

/// Random numbers that depend only on what they are for, so that order, threads, workers and restarts change
/// nothing: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011),
/// whose key is the seed and whose counter names the epoch, the item and the purpose.
package struct CounterGenerator: RandomNumberGenerator, Sendable {
  /// What numbers are drawn for. A number says the same in every version.
  package struct Purpose: Sendable {
    let code: UInt32

    package static let order = Purpose(code: 1)
    package static let scale = Purpose(code: 2)
    package static let place = Purpose(code: 3)
    package static let mirroring = Purpose(code: 4)
    package static let color = Purpose(code: 5)

    /// Of the dropout with this place among those of the network.
    package static func dropout(_ index: Int) -> Purpose {
      Purpose(code: 0x1000 + UInt32(truncatingIfNeeded: index))
    }
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var usedWordCount = 4

  /// - Parameters:
  ///   - epoch: counted from 0.
  ///   - item: such as the place of an image in the data; 0 for what concerns all of them.
  package init(seed: UInt64, _ purpose: Purpose, epoch: Int = 0, item: Int = 0) {
    self.init(
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      counter: SIMD4(
        0, UInt32(truncatingIfNeeded: item), UInt32(truncatingIfNeeded: epoch), purpose.code))
  }

  init(key: SIMD2<UInt32>, counter: SIMD4<UInt32>) {
    self.key = key
    self.counter = counter
  }

  package mutating func nextWord() -> UInt32 {
    if usedWordCount == 4 {
      words = Self.block(counter, key)
      counter[0] &+= 1
      usedWordCount = 0
    }
    defer { usedWordCount += 1 }
    return words[usedWordCount]
  }

  package mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return UInt64(nextWord()) << 32 | low
  }

  /// In [0, 1), a multiple of 2⁻³².
  package mutating func uniform() -> Double { Double(nextWord()) * 0x1p-32 }

  /// A whole number of 0..<`count`, each as likely as the others to within 2⁻³² of the whole.
  package mutating func below(_ count: Int) -> Int {
    Int((UInt64(nextWord()) &* UInt64(count)) >> 32)
  }

  /// Of the standard normal distribution (Box and Muller, 1958).
  package mutating func normal() -> Double {
    let radius = (-2 * log((Double(nextWord()) + 1) * 0x1p-32)).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// The numbers 0..<`count` in random order.
  package mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) { order.swapAt(index, below(index + 1)) }
    return order
  }

  private static func block(_ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (state, key) = (counter, key)
    for _ in 0..<10 {
      let first = UInt64(state[0]) &* 0xD251_1F53
      let second = UInt64(state[2]) &* 0xCD9E_8D57
      state = SIMD4(
        UInt32(second >> 32) ^ state[1] ^ key[0], UInt32(truncatingIfNeeded: second),
        UInt32(first >> 32) ^ state[3] ^ key[1], UInt32(truncatingIfNeeded: first))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return state
  }
}
