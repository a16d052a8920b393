import TesseraImages
import Testing

@Suite struct JPEGDecoderTests {
  /// Both decoders are libjpeg-turbo with the accurate inverse transform. A release may round the
  /// upsampling and the color conversion differently: one level each.
  @Test(arguments: ["photo-420", "photo-444", "progressive", "gray-jpeg", "cmyk"])
  func decodesAsPillow(_ name: String) throws {
    let expected = try #require(try expectedImage("\(name).expected.npy"))
    let decoded = try Image(path: fixture("\(name).jpg"))
    #expect(try #require(largestDifference(decoded, expected)) <= 2)
  }

  @Test(arguments: 1...8)
  func turnsUprightAsPillow(_ orientation: Int) throws {
    let expected = try #require(try expectedImage("orientation-\(orientation).expected.npy"))
    let decoded = try Image(path: fixture("orientation-\(orientation).jpg"))
    #expect(decoded.width == (orientation >= 5 ? 9 : 16))
    #expect(try #require(largestDifference(decoded, expected)) <= 2)
  }
}
