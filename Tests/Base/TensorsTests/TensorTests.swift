import Tensors
import Testing

@Suite struct TensorTests {
  @Test func holdsValues() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Int32], shape: [2, 3])
    #expect(tensor.elementType == .int32)
    #expect(tensor.byteCount == 24)
    #expect(tensor.values(as: Int32.self) == [1, 2, 3, 4, 5, 6])
    #expect(tensor.values(as: Float.self) == nil)
  }

  @Test func refusesAnotherNumberOfValues() {
    let error = #expect(throws: TesseraError.self) { try Tensor([1, 2] as [Float], shape: [3]) }
    #expect(error?.description == "2 values do not fill a tensor of shape [3]")
    #expect(throws: TesseraError.self) { try Tensor([Float](), shape: [-1]) }
  }

  @Test func reshapesWithoutCopying() throws {
    let tensor = try Tensor([1, 2, 3, 4] as [Float], shape: [4])
    let square = try #require(Shape([2, 2]))
    let reshaped = try #require(tensor.reshaped(to: square))
    #expect(reshaped.storage === tensor.storage)
    #expect(tensor.reshaped(to: .scalar) == nil)
  }

  @Test func mustLieInsideItsStorage() throws {
    let storage = try TensorStorage(byteCount: 16) { _ in }
    let shape = Shape.vector(4)
    #expect(Tensor(elementType: .float32, shape: shape, storage: storage) != nil)
    #expect(Tensor(elementType: .float32, shape: shape, storage: storage, byteOffset: 1) == nil)
    #expect(Tensor(elementType: .float64, shape: shape, storage: storage) == nil)
    #expect(Tensor(elementType: .int8, shape: shape, storage: storage, byteOffset: -1) == nil)
    let huge = Shape.vector(Int.max / 2)
    #expect(Tensor(elementType: .float64, shape: huge, storage: storage) == nil)
  }

  @Test func ownMemoryIsAligned() throws {
    let tensor = try Tensor([1] as [Float], shape: [1])
    tensor.withUnsafeBytes { bytes in
      #expect(UInt(bitPattern: bytes.baseAddress) % UInt(ZeroedMemory.alignment) == 0)
    }
  }

  @Test(arguments: ElementType.allCases)
  func onnxNamesReadBack(_ type: ElementType) {
    #expect(ElementType(onnxName: type.onnxName) == type)
  }
}
