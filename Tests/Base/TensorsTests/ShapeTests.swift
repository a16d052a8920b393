import Tensors
import Testing

@Suite struct ShapeTests {
  @Test func countsElements() {
    #expect(Shape([2, 3, 4])?.elementCount == 24)
    #expect(Shape([])?.elementCount == 1)
    #expect(Shape([5, 0])?.elementCount == 0)
  }

  @Test func refusesNegativeExtentsAndOverflow() {
    #expect(Shape([2, -1]) == nil)
    #expect(Shape([1 << 40, 1 << 40]) == nil)
    #expect(Shape([1 << 40, 1 << 40, 0]) == nil)
    #expect(Shape([1 << 30, 1 << 30]) == nil, "the bytes of float64 elements overflow")
    #expect(Shape([1 << 29, 1 << 30]) != nil)
    #expect(Shape.vector(Int.max).elementCount == Int.max / 8)
  }

  @Test func describesItself() {
    #expect(Shape([1, 3, 224, 224])?.description == "1x3x224x224")
    #expect(Shape.scalar.description == "scalar")
    #expect(Shape.vector(7).dimensions == [7])
  }
}
