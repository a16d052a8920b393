import Differentiation
import Tensors
import Testing

@testable import TesseraTraining

struct ShardInputTests {
  private func masks(
    _ items: [Int], ratio: Double, seed: UInt64 = 1, index: Int = 0, epoch: Int = 0
  )
    throws -> [Float]
  {
    let extents = [items.count, 100, 5, 5]
    let input = ShardInput(
      images: try Tensor([Float](), shape: [0]), labels: items.map { _ in 0 }, items: items)
    let mask = try input.mask(
      TrainingForm.Mask(name: "mask", extents: extents, ratio: ratio), index: index, seed: seed,
      epoch: epoch)
    #expect(mask.shape.dimensions == extents)
    return try #require(mask.values(as: Float.self))
  }

  @Test(arguments: [0, 0.1, 0.5, 0.9])
  func masksHaveTheRateAndTheScale(ratio: Double) throws {
    let elements = try masks(Array(0..<20), ratio: ratio)
    let dropped = elements.count { $0 == 0 }
    let deviation = (Double(elements.count) * ratio * (1 - ratio)).squareRoot()
    #expect(abs(Double(dropped) - Double(elements.count) * ratio) <= 5 * deviation)
    #expect(elements.allSatisfy { $0 == 0 || $0 == Float(1 / (1 - ratio)) })
  }

  /// So the cut of a batch into shards changes nothing.
  @Test func theMaskOfAnImageIsItsOwn() throws {
    let together = try masks([3, 8, 5], ratio: 0.5)
    let alone = try [3, 8, 5].flatMap { try masks([$0], ratio: 0.5) }
    #expect(together == alone)
  }

  @Test func seedsEpochsAndDropoutsDiffer() throws {
    let all = [
      try masks([0], ratio: 0.5), try masks([1], ratio: 0.5), try masks([0], ratio: 0.5, seed: 2),
      try masks([0], ratio: 0.5, index: 1), try masks([0], ratio: 0.5, epoch: 1),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func targetsAreOneHot() throws {
    let input = ShardInput(
      images: try Tensor([Float](), shape: [0]), labels: [2, 0], items: [0, 1])
    let targets = try input.targets(classCount: 3)
    #expect(targets.shape.dimensions == [2, 3])
    #expect(targets.values(as: Float.self) == [0, 0, 1, 1, 0, 0])
  }
}
