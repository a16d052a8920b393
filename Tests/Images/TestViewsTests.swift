import Tensors
import Testing

@testable import TesseraImages

@Suite struct TestViewsTests {
  private func image(width: Int, height: Int) throws -> Image {
    try #require(
      Image(
        width: width, height: height, colorModel: .gray,
        samples: (0..<width * height).map { UInt8(truncatingIfNeeded: $0) }))
  }

  @Test(
    arguments: [
      // 500 * 256 / 375 = 341.33, 375 * 256 / 500 is the other way round.
      (500, 375, 256, 341, 256), (375, 500, 256, 256, 341),
      // 5 * 3 / 2 = 7.5 goes up, 9 * 5 / 6 = 7.5 too, 7 * 2 / 3 = 4.67.
      (5, 2, 3, 8, 3), (6, 9, 5, 5, 8), (3, 7, 2, 2, 5), (28, 28, 36, 36, 36), (1, 1, 1, 1, 1),
    ])
  func longerSideIsRoundedHalfUp(
    width: Int, height: Int, shorterSide: Int, newWidth: Int, newHeight: Int
  ) throws {
    let scaled = try image(width: width, height: height).rescaled(
      shorterSide: shorterSide, .bilinear)
    #expect((scaled.width, scaled.height) == (newWidth, newHeight))
  }

  @Test func rescalingBeyondTheLimitIsAnError() throws {
    let thin = try image(width: 1, height: 100_000)
    #expect(throws: TesseraError.self) { try thin.rescaledSize(shorterSide: 2048) }
    #expect(throws: TesseraError.self) { try thin.rescaledSize(shorterSide: 1 << 60) }
  }

  @Test(
    arguments: [
      (28, 28, [0, 0, 0, 0, 0]), (32, 28, [0, 1, 2, 3, 4]),
      // 6 i / 4 = 0, 1.5, 3, 4.5, 6; 1 i / 4 = 0, 0.25, 0.5, 0.75, 1.
      (34, 28, [0, 2, 3, 5, 6]), (29, 28, [0, 0, 1, 1, 1]), (256, 224, [0, 8, 16, 24, 32]),
    ])
  func gridOffsets(side: Int, extent: Int, offsets: [Int]) {
    #expect(Image.gridOffsets(side: side, extent: extent, count: 5) == offsets)
  }

  @Test func gridCropsComeRowByRow() throws {
    let crops = try image(width: 5, height: 6).gridCrops(width: 1, height: 2, count: 5)
    #expect(crops.count == 25)
    #expect(crops.allSatisfy { $0.width == 1 && $0.height == 2 })
    #expect(crops[0].samples == [0, 5])
    #expect(crops[1].samples == [1, 6])
    #expect(crops[5].samples == [5, 10])
    #expect(crops[24].samples == [24, 29])
  }

  @Test func gridOfALargerPartIsAnError() throws {
    let small = try image(width: 5, height: 6)
    #expect(throws: TesseraError.self) { try small.gridCrops(width: 6, height: 6, count: 5) }
  }

  @Test func cropsLieInsideTheImage() throws {
    let picture = try image(width: 4, height: 3)
    #expect(try picture.cropped(left: 1, top: 1, width: 2, height: 2).samples == [5, 6, 9, 10])
    for (left, top, width, height) in [
      (-1, 0, 2, 2), (3, 0, 2, 2), (0, 2, 2, 2), (0, 0, 0, 1), (0, 0, 5, 1), (Int.max, 0, 2, 2),
    ] {
      #expect(throws: TesseraError.self) {
        try picture.cropped(left: left, top: top, width: width, height: height)
      }
    }
    #expect(throws: TesseraError.self) { try picture.centerCropped(width: .min, height: 1) }
  }

  @Test func mirroringExchangesLeftAndRight() throws {
    let picture = try #require(
      Image(width: 2, height: 1, colorModel: .rgb, samples: [1, 2, 3, 4, 5, 6]))
    #expect(try picture.mirrored.samples == [4, 5, 6, 1, 2, 3])
    #expect(try picture.mirrored.mirrored == picture)
  }

  @Test func fittedImagesKeepTheirSize() throws {
    let settings = try Preprocessing(width: 2, height: 2, color: .gray, mean: [1], scale: [2])
    let wide = try image(width: 3, height: 1)
    let tensor = try settings.tensor(fromFitted: [wide, try wide.mirrored])
    #expect(tensor.shape.dimensions == [2, 1, 1, 3])
    #expect(tensor.values(as: Float.self) == [-2, 0, 2, 2, 0, -2])
    let other = try image(width: 1, height: 3)
    #expect(throws: TesseraError.self) { try settings.tensor(fromFitted: [wide, other]) }
    #expect(throws: TesseraError.self) { try settings.tensor(fromFitted: []) }
  }
}
