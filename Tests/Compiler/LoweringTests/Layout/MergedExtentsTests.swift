import Testing

@testable import Lowering

@Suite struct MergedExtentsTests {
  @Test func mergesWhatAllOperandsStepThroughEvenly() {
    let merged = MergedExtents([2, 1, 3, 4], strides: [[12, 12, 4, 1], [0, 0, 0, 0]])
    #expect(merged.extents == [24])
    #expect(merged.strides == [[1], [0]])
  }

  @Test func keepsWhatOneOperandRepeats() {
    let merged = MergedExtents([2, 3, 4, 5], strides: [[60, 20, 5, 1], [0, 1, 0, 0]])
    #expect(merged.extents == [2, 3, 20])
    #expect(merged.strides == [[60, 20, 1], [0, 1, 0]])
  }

  @Test func keepsExtentsOfZero() {
    let merged = MergedExtents([2, 0, 4], strides: [[4, 4, 1]])
    #expect(merged.extents == [2, 0, 4])
  }

  @Test func ofNothingIsNothing() {
    #expect(MergedExtents([], strides: [[], []]).extents == [])
    #expect(MergedExtents([1, 1], strides: [[1, 1]]).strides == [[]])
  }
}
