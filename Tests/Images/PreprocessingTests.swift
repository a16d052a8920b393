import Tensors
import TesseraImages
import Testing

@Suite struct PreprocessingTests {
  /// Two pixels: (10, 20, 30) and (40, 50, 60).
  static let pixels: [UInt8] = [10, 20, 30, 40, 50, 60]

  private func image() throws -> Image {
    try #require(Image(width: 2, height: 1, colorModel: .rgb, samples: Self.pixels))
  }

  @Test func subtractsMeansAndScalesByChannel() throws {
    let settings = try Preprocessing(
      width: 2, height: 1, resizeMode: .stretch, mean: [1, 2, 3], scale: [1, 0.5, 2])
    let tensor = try settings.tensor(from: [try image()])
    #expect(tensor.shape.dimensions == [1, 3, 1, 2])
    #expect(tensor.values(as: Float.self) == [9, 39, 9, 24, 54, 114])
  }

  @Test func meansFollowTheColorOrder() throws {
    let settings = try Preprocessing(
      width: 2, height: 1, color: .bgr, resizeMode: .stretch, mean: [30, 20, 10])
    let tensor = try settings.tensor(from: [try image()])
    #expect(tensor.values(as: Float.self) == [0, 30, 0, 30, 0, 30])
  }

  @Test func grayHasOneChannel() throws {
    let settings = try Preprocessing(width: 2, height: 1, color: .gray, resizeMode: .stretch)
    let tensor = try settings.tensor(from: [try image(), try image()])
    #expect(tensor.shape.dimensions == [2, 1, 1, 2])
    // 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15, and 30 more for the second pixel.
    #expect(tensor.values(as: Float.self) == [18, 48, 18, 48])
  }

  @Test func cropsTheMiddleOfTheScaledImage() throws {
    let row = (0..<6).map { UInt8($0 * 10) }
    let image = try #require(
      Image(width: 6, height: 2, colorModel: .gray, samples: row + row))
    let settings = try Preprocessing(width: 2, height: 2, color: .gray)
    let fitted = try settings.fitted(image)
    #expect(fitted.samples == [20, 30, 20, 30])
  }

  @Test func longerSideKeepsTheRatio() throws {
    let photo = try Image(path: fixture("photo.png"))
    let settings = try Preprocessing(width: 8, height: 8, shortestSide: 10)
    let fitted = try settings.fitted(photo)
    let scaled = try photo.resized(width: 10 * 37 / 29, height: 10, .bilinear)
    #expect(try scaled.centerCropped(width: 8, height: 8) == fitted)
  }

  @Test func refusesWhatDoesNotFit() {
    #expect(throws: TesseraError.self) { try Preprocessing(width: 0, height: 8) }
    #expect(throws: TesseraError.self) { try Preprocessing(width: Int.max, height: 8) }
    #expect(throws: TesseraError.self) { try Preprocessing(width: 8, height: 8, shortestSide: 7) }
    #expect(throws: TesseraError.self) { try Preprocessing(width: 8, height: 8, mean: [1, 2]) }
    #expect(throws: TesseraError.self) { try Preprocessing(width: 8, height: 8, scale: [.nan]) }
  }

  @Test func aThinImageScaledBeyondTheLimitIsAnError() throws {
    let thin = try #require(
      Image(
        width: 1, height: 100_000, colorModel: .gray, samples: Array(repeating: 0, count: 100_000)))
    let settings = try Preprocessing(width: 224, height: 224)
    #expect(throws: TesseraError.self) { try settings.fitted(thin) }
  }

  @Test func readsOptionValues() throws {
    #expect(
      try Preprocessing.numbers("123.68,116.779,-1e2", option: "--mean") == [123.68, 116.779, -100])
    #expect(try Preprocessing.ColorOrder(argument: "bgr") == .bgr)
    #expect(try Preprocessing.ResizeMode(argument: "stretch") == .stretch)
    let error = #expect(throws: TesseraError.self) {
      try Preprocessing.numbers("1,,2", option: "--mean")
    }
    #expect(error?.kind == .invalidUsage)
    #expect(
      error?.description == "--mean: expected numbers with commas between, found ''")
    for text in ["", "nan", "1,inf", "1 2", "0x"] {
      #expect(throws: TesseraError.self) { try Preprocessing.numbers(text, option: "--scale") }
    }
    #expect(throws: TesseraError.self) { try Preprocessing.ColorOrder(argument: "RGB ") }
  }
}
