import TesseraImages
import Testing

@Suite struct ResamplingTests {
  /// The last takes columns first.
  static let sizes = [(13, 11), (64, 29), (37, 50), (80, 7), (36, 10)]

  @Test(arguments: Interpolation.allCases, sizes)
  func resizesAsPillow(_ interpolation: Interpolation, _ size: (width: Int, height: Int)) throws {
    let photo = try Image(path: fixture("photo.png"))
    let expected = try #require(
      try expectedImage("resize-\(interpolation)-\(size.width)x\(size.height).npy"))
    let resized = try photo.resized(width: size.width, height: size.height, interpolation)
    #expect(try #require(largestDifference(resized, expected)) == 0)
  }

  @Test(arguments: Interpolation.allCases)
  func oneColorStaysOneColor(_ interpolation: Interpolation) throws {
    let image = try #require(
      Image(width: 5, height: 4, colorModel: .gray, samples: Array(repeating: 200, count: 20)))
    for (width, height) in [(1, 1), (3, 9), (50, 2)] {
      let resized = try image.resized(width: width, height: height, interpolation)
      #expect(resized.samples == Array(repeating: 200, count: width * height))
    }
  }

  @Test func sameSizeChangesNothing() throws {
    let photo = try Image(path: fixture("photo.png"))
    #expect(try photo.resized(width: photo.width, height: photo.height, .bicubic) == photo)
  }
}
