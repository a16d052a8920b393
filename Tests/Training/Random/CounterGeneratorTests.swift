import Testing

@testable import TesseraTraining

struct CounterGeneratorTests {
  struct KnownAnswer {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let words: [UInt32]
  }

  /// Of Philox4x32-10 (Salmon et al., 2011), from the authors' library Random123.
  static let knownAnswers = [
    KnownAnswer(
      counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0),
      words: [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
    KnownAnswer(
      counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max),
      words: [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]),
    KnownAnswer(
      counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
      key: SIMD2(0xA409_3822, 0x299F_31D0),
      words: [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]),
  ]

  @Test(arguments: knownAnswers.indices)
  func isPhilox(index: Int) {
    let answer = Self.knownAnswers[index]
    var generator = CounterGenerator(key: answer.key, counter: answer.counter)
    #expect((0..<4).map { _ in generator.nextWord() } == answer.words)
  }

  /// Whatever tells two draws apart gives other numbers.
  @Test func keysGiveStreams() {
    var first: Set<UInt64> = []
    var count = 0
    for seed: UInt64 in [1, 2, 1 << 32] {
      for purpose in [CounterGenerator.Purpose.order, .scale, .place, .dropout(0), .dropout(1)] {
        for epoch in 0..<3 {
          for item in 0..<3 {
            var generator = CounterGenerator(seed: seed, purpose, epoch: epoch, item: item)
            first.insert(generator.next())
            count += 1
          }
        }
      }
    }
    #expect(first.count == count)
  }

  @Test func uniformNumbersAreUniform() {
    var generator = CounterGenerator(seed: 7, .order)
    let count = 100_000
    var (sum, squares) = (0.0, 0.0)
    var bins = [Int](repeating: 0, count: 10)
    for _ in 0..<count {
      let number = generator.uniform()
      #expect((0..<1).contains(number))
      sum += number
      squares += number * number
      bins[Int(number * 10)] += 1
    }
    // Five standard deviations of each.
    #expect(abs(sum / Double(count) - 0.5) < 5 / (12 * Double(count)).squareRoot())
    #expect(abs(squares / Double(count) - 1 / 3) < 5 * 0.3 / Double(count).squareRoot())
    for bin in bins { #expect(abs(bin - count / 10) < 475) }
  }

  @Test func normalNumbersAreNormal() {
    var generator = CounterGenerator(seed: 7, .color)
    let count = 100_000
    let numbers = (0..<count).map { _ in generator.normal() }
    let mean = numbers.reduce(0, +) / Double(count)
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(count)
    let fourth = numbers.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    #expect(abs(mean) < 5 / Double(count).squareRoot())
    #expect(abs(variance - 1) < 5 * (2 / Double(count)).squareRoot())
    #expect(abs(fourth - 3) < 5 * (96 / Double(count)).squareRoot())
  }

  @Test(arguments: [0, 1, 2, 3, 100, 1000])
  func permutationsHoldEachNumberOnce(count: Int) {
    var generator = CounterGenerator(seed: 1, .order, epoch: 3)
    #expect(generator.permutation(of: count).sorted() == Array(0..<count))
  }

  /// Of 3 numbers every order is as likely.
  @Test func permutationsAreUniform() {
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<6000 {
      var generator = CounterGenerator(seed: 1, .order, epoch: epoch)
      counts[generator.permutation(of: 3), default: 0] += 1
    }
    #expect(counts.count == 6)
    for count in counts.values { #expect(abs(count - 1000) < 150) }
  }
}
