import KernelInterface
import Tensors
import TestSupport
import Testing

struct ProductUpdateTests {
  /// Tiles of all heights and widths with their tails, several items, no images at all.
  @Test(
    arguments: [
      (1, 1, 1), (3, 5, 7), (4, 14, 33), (2, 13, 48), (5, 25, 31), (32, 300, 70), (9, 3, 1100),
      (0, 2, 20), (300, 7, 150),
    ])
  func movesWeightsByTheirGradients(shape: (count: Int, rows: Int, columns: Int)) throws {
    var generator = SeededGenerator(seed: 1)
    let (count, rows, columns) = shape
    let weights = randomFloats(rows * columns, &generator)
    let velocity = randomFloats(rows * columns, &generator)
    let left = randomFloats(count * rows, &generator)
    let right = randomFloats(count * columns, &generator)
    let settings: [Float] = [0.03, 0.9, 5e-4, 1 / 24]
    let (rate, momentum, decay, scale) = (
      Double(settings[0]), Double(settings[1]), Double(settings[2]), Double(settings[3])
    )
    var steps: [BoundedValue] = []
    var moved: [BoundedValue] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let products = (0..<count).map {
          rate * scale * Double(left[$0 * rows + row]) * Double(right[$0 * columns + column])
        }
        let place = row * columns + column
        let old = Double(weights[place])
        let kept = momentum * Double(velocity[place])
        let step = kept - products.reduce(0, +) - rate * decay * old
        let magnitude =
          abs(kept) + products.map(abs).reduce(0, +) + abs(rate * decay * old)
        steps.append(.sum(step, ofMagnitudes: magnitude, termCount: count + 6))
        moved.append(.sum(old + step, ofMagnitudes: abs(old) + magnitude, termCount: count + 7))
      }
    }
    var update = ProductUpdateDescriptor()
    (update.count, update.rows, update.columns) = shape
    try UpdateHarness.run(
      update, [weights, velocity, left, right, settings].map { GuardedBuffer($0) }
    ) { operands, place in
      for (operand, expected) in zip(operands, [moved, steps]) {
        let wrong = zip(operand.floats, expected).first { !$1.admits($0) }
        #expect(wrong == nil, "\(place)")
      }
    }
  }
}
