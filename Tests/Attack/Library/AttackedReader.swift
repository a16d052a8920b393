import Tensors
import TestSupport

/// A reader of untrusted bytes, sound samples of what it reads, and the ways to damage them.
package struct AttackedReader {
  package typealias Mutator =
    @Sendable (_ sample: [UInt8], inout SeededGenerator) throws -> [UInt8]

  package let name: String
  /// What the reader accepts as it is.
  package let samples: [[UInt8]]
  /// Makes checksums right again, so that what lies behind them is attacked.
  package var repair: ([UInt8]) -> [UInt8] = { $0 }
  /// A seed picks one of them.
  var mutators: [Mutator]
  /// Reads everything, and runs what can be run. What it throws but a `TesseraError` is a fault.
  let read: ([UInt8]) throws -> Void

  init(
    _ name: String, samples: [[UInt8]], isText: Bool = false,
    read: @escaping ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.samples = samples
    self.read = read
    mutators = [
      { sample, generator in
        Mutation(isText: isText, donors: samples).applied(to: sample, &generator)
      }
    ]
  }

  /// The damaged input that `seed` stands for.
  package func input(seed: UInt64) throws -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    guard let sample = samples.randomElement(using: &generator),
      let mutator = mutators.randomElement(using: &generator)
    else { return [] }
    let damaged = try mutator(sample, &generator)
    // Now and then what compares the checksums is attacked itself.
    return Int.random(in: 0..<8, using: &generator) == 0 ? damaged : repair(damaged)
  }

  /// Reads `input`.
  ///
  /// - Returns: Whether it was accepted.
  /// - Throws: What was wrong with how it was accepted or refused.
  package func attack(_ input: [UInt8]) throws -> Bool {
    do {
      try read(input)
      return true
    } catch let error as TesseraError {
      guard error.diagnostics.allSatisfy({ !$0.message.isEmpty }), !error.diagnostics.isEmpty
      else { throw AttackFault("an error without a message") }
      return false
    }
  }
}

/// A reader or a kernel broke its contract.
package struct AttackFault: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
