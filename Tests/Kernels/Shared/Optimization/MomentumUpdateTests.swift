import KernelInterface
import Tensors
import TestSupport
import Testing

struct MomentumUpdateTests {
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
    try UpdateHarness.run(
      update,
      [
        GuardedBuffer(weights), GuardedBuffer(velocity), GuardedBuffer(gradient),
        GuardedBuffer([rate, momentum, decay, scale]),
      ]
    ) { operands, place in
      #expect(operands[0].floats == expected, "\(place)")
      #expect(operands[1].floats == steps, "\(place)")
    }
  }

  @Test func refusesAnImpossibleCount() {
    var update = MomentumUpdateDescriptor()
    update.elementCount = -1
    #expect(throws: TesseraError.self) { try MomentumUpdateDescriptor(decoding: update.encoded()) }
  }
}
