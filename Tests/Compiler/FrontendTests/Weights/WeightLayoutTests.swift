import Tensors
import Testing

@testable import Frontend

@Suite struct WeightLayoutTests {
  @Test func textIsReadAndWritten() {
    let layouts: [(String, WeightLayout)] = [
      ("HWIO", .hwio), ("IO", .io(height: 1, width: 1)), ("7x5xIO", .io(height: 7, width: 5)),
    ]
    for (text, layout) in layouts {
      #expect(WeightLayout(text: text) == layout)
      #expect(layout.description == text)
    }
    for text in [
      "", "OIHW", "hwio", "7xIO", "0x1xIO", "65537x1xIO", "-1x1xIO", "1x1xIOx", "1xx1xIO",
    ] {
      #expect(WeightLayout(text: text) == nil, "\(text)")
    }
  }

  @Test func shapesAreThoseOfTheInput() throws {
    func shape(_ layout: WeightLayout, _ stored: [Int]) throws -> [Int]? {
      layout.shape(ofStored: try #require(Shape(stored)))?.dimensions
    }
    #expect(try shape(.hwio, [2, 3, 4, 5]) == [5, 4, 2, 3])
    #expect(try shape(.io(height: 2, width: 3), [24, 5]) == [5, 24])
    #expect(try shape(.unchanged, [7, 0]) == [7, 0])
    #expect(try shape(.hwio, [3, 4, 5]) == nil)
    #expect(try shape(.hwio, [2, 0, 4, 5]) == nil)
    #expect(try shape(.io(height: 2, width: 3), [25, 5]) == nil)
    #expect(try shape(.io(height: 1, width: 1), [5]) == nil)
  }

  /// More outputs than a cache line holds, so that blocks and their rest occur.
  @Test func convolutionsAreTransposed() throws {
    let (height, width, inputs, outputs) = (2, 3, 4, 37)
    let count = height * width * inputs * outputs
    let stored = try Tensor(
      (0..<count).map(Float.init), shape: [height, width, inputs, outputs])
    let arranged = try WeightLayout.hwio.arranged(stored)
    #expect(arranged.shape.dimensions == [outputs, inputs, height, width])
    let values = try #require(arranged.values(as: Float.self))
    for (index, value) in values.enumerated() {
      let (pixel, input) = (index % (height * width), index / (height * width) % inputs)
      let output = index / (height * width * inputs)
      #expect(value == Float((pixel * inputs + input) * outputs + output))
    }
  }

  /// The rows of a flattened image of 2×2 pixels and 3 channels.
  @Test func fullyConnectedLayersAreTransposed() throws {
    let stored = try Tensor((0..<24).map { Int64($0) }, shape: [12, 2])
    let arranged = try WeightLayout.io(height: 2, width: 2).arranged(stored)
    let values = try #require(arranged.values(as: Int64.self))
    #expect(Array(values.prefix(12)) == [0, 6, 12, 18, 2, 8, 14, 20, 4, 10, 16, 22])
    #expect(Array(values.suffix(12)) == values.prefix(12).map { $0 + 1 })
  }

  @Test func elementsOfEverySizeMove() throws {
    func arranged<Scalar: TensorScalar>(_ elements: [Scalar]) throws -> [Scalar]? {
      try WeightLayout.io(height: 1, width: 1).arranged(try Tensor(elements, shape: [2, 3]))
        .values()
    }
    #expect(try arranged([1, 2, 3, 4, 5, 6] as [UInt8]) == [1, 4, 2, 5, 3, 6])
    #expect(try arranged([1, 2, 3, 4, 5, 6] as [Float16]) == [1, 4, 2, 5, 3, 6])
    #expect(try arranged([1, 2, 3, 4, 5, 6] as [Double]) == [1, 4, 2, 5, 3, 6])
  }
}
