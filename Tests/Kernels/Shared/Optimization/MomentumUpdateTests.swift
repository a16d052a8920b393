import CPUKernels
import KernelInterface
import Tensors
import TestSupport
import Testing

struct MomentumUpdateTests {
  static let pools: [ThreadPool] = [1, 2, 3].compactMap { try? ThreadPool(threadCount: $0) }

  /// Each operation rounds once, in one order, in vectors and in what is left of them.
  @Test(arguments: [0, 1, 15, 16, 17, 1000, 70_001])
  func updatesEachElement(count: Int) throws {
    var generator = SeededGenerator(seed: 1)
    let (weights, velocity, gradient) = (
      randomFloats(count, &generator), randomFloats(count, &generator),
      randomFloats(count, &generator)
    )
    let (rate, momentum, decay, scale): (Float, Float, Float, Float) = (0.03, 0.9, 5e-4, 1 / 24)
    let steps = (0..<count).map { index in
      velocity[index] * momentum - (gradient[index] * scale + weights[index] * decay) * rate
    }
    let expected = zip(weights, steps).map { $0 + $1 }
    var update = MomentumUpdateDescriptor()
    update.elementCount = count
    let words = try update.encoded()
    for table in KernelTable.all {
      let kernel = try #require(table.kernels[MomentumUpdateDescriptor.kernelName])
      for pool in Self.pools {
        let operands = [
          GuardedBuffer(weights), GuardedBuffer(velocity), GuardedBuffer(gradient),
          GuardedBuffer([rate, momentum, decay, scale]),
        ]
        let workspace = GuardedBuffer(byteCount: 0)
        pool.run(
          try kernel.bind(words, operands.map(\.base)), workspace: workspace.base,
          workspaceStrideByteCount: 0)
        let place = "\(table.instructionSet), \(pool.threadCount) threads"
        #expect(operands[0].floats == expected, "\(place)")
        #expect(operands[1].floats == steps, "\(place)")
        #expect(operands[2].floats == gradient, "\(place)")
        let isIntact = operands.allSatisfy(\.guardsAreIntact)
        #expect(isIntact, "\(place)")
      }
    }
  }

  @Test func refusesAnImpossibleCount() {
    var update = MomentumUpdateDescriptor()
    update.elementCount = -1
    #expect(throws: TesseraError.self) { try MomentumUpdateDescriptor(decoding: update.encoded()) }
  }
}
