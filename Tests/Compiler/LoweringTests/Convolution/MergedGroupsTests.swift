import Tensors
import Testing

@testable import Lowering

struct MergedGroupsTests {
  @Test(arguments: [
    (1, 3, 5, 1), (4, 32, 64, 4), (32, 128, 128, 16), (4, 16, 24, 1), (2, 6, 6, 1),
    (64, 64, 128, 8),
    (3, 12, 12, 1),
  ])
  func groupsBecomeWholeBlocks(groups: Int, inputs: Int, outputs: Int, expected: Int) {
    let merged = MergedGroups(groups: groups, inChannels: inputs, outChannels: outputs)
    #expect(merged?.count == expected)
  }

  @Test(arguments: [(17, 34, 34), (34, 68, 68), (0, 8, 8)])
  func tooManyAreNotMerged(groups: Int, inputs: Int, outputs: Int) {
    #expect(MergedGroups(groups: groups, inChannels: inputs, outChannels: outputs) == nil)
  }

  @Test func weightsBetweenGroupsAreZero() throws {
    let merged = try #require(MergedGroups(groups: 2, inChannels: 4, outChannels: 2))
    let separate = try Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float], shape: [2, 2, 1, 2])
    let weights = try merged.weights(separate)
    #expect(weights.shape.dimensions == [2, 4, 1, 2])
    let values: [Float]? = weights.values()
    #expect(values == [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8])
  }
}
