import TesseraImages
import Testing

@Suite struct PNGDecoderTests {
  /// PNG is lossless, so all samples equal Pillow's. `palette` has colors of 8 bits, `gray16` levels
  /// that are exact in 8 bits, and alpha is 0 or 255.
  @Test(arguments: [
    "photo", "gray", "palette", "bilevel", "gray16", "alpha", "gray-alpha", "interlaced",
  ])
  func decodesAsPillow(_ name: String) throws {
    let expected = try #require(try expectedImage("\(name).expected.npy"))
    let decoded = try Image(path: fixture("\(name).png"))
    #expect(largestDifference(decoded, expected) == 0)
  }

  @Test func lumaIsPillows() throws {
    let expected = try #require(try expectedImage("photo-luma.expected.npy"))
    let decoded = try Image(path: fixture("photo.png")).converted(to: .gray)
    #expect(largestDifference(decoded, expected) == 0)
  }

  @Test func grayBecomesThreeEqualChannels() throws {
    let gray = try Image(path: fixture("gray.png"))
    let rgb = try gray.converted(to: .rgb)
    #expect(rgb.samples.count == 3 * gray.samples.count)
    #expect(try rgb.converted(to: .gray) == gray)
  }
}
