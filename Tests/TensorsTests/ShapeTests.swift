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
  }

  @Test func describesItself() {
    #expect(Shape([1, 3, 224, 224])?.description == "1x3x224x224")
    #expect(Shape.scalar.description == "scalar")
    #expect(Shape.vector(7).dimensions == [7])
  }
}
