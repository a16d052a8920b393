import CPUKernels
import KernelInterface
import Testing

extension BandsDescriptor {
  /// Expects the bits that the producer and, after it, `consumer` give, on every instruction set.
  ///
  /// - Parameter operands: the producer's three, then the consumer's without its input.
  func expectBits(of consumer: Consumer, reading operands: [GuardedBuffer]) throws {
    let pool = try ThreadPool(threadCount: 1)
    try KernelHarness.runEverywhere(self, reading: operands) { output, table in
      let between = try KernelHarness.run(
        producer, reading: Array(operands.prefix(3)), table: table, pool: pool)
      let expected = try KernelHarness.run(
        consumer, reading: between + operands.dropFirst(3), table: table, pool: pool)
      #expect(output.bytes == expected.first?.bytes, "\(table.instructionSet)")
    }
  }
}
