import Tensors
import TesseraImages
import Testing
import TestSupport

/// Damaged files give an image or an error, never a crash. Each truncation gives an error.
@Suite struct DamagedImageTests {
  static let names = [
    "photo.png", "palette.png", "gray16.png", "interlaced.png", "photo-420.jpg", "progressive.jpg",
    "cmyk.jpg", "orientation-6.jpg",
  ]

  private func contents(_ name: String) throws -> [UInt8] {
    let file = try MappedFile(path: fixture(name))
    return withExtendedLifetime(file) { Array(file.bytes) }
  }

  private func decode(_ bytes: [UInt8]) throws -> Image {
    try Image(decoding: bytes)
  }

  @Test(arguments: names)
  func truncated(_ name: String) throws {
    let bytes = try contents(name)
    var cuts = Set(0..<24)
    cuts.formUnion(stride(from: 24, to: bytes.count, by: max(1, bytes.count / 40)))
    cuts.formUnion([bytes.count - 2, bytes.count - 1])
    for count in cuts {
      #expect(throws: TesseraError.self, "\(name) cut to \(count) bytes") {
        try decode(Array(bytes.prefix(count)))
      }
    }
  }

  @Test(arguments: names)
  func flippedBits(_ name: String) throws {
    let bytes = try contents(name)
    var generator = SeededGenerator(seed: 7)
    for round in 0..<120 {
      var damaged = bytes
      // Headers are where lies about sizes are.
      let limit = round % 2 == 0 ? min(64, bytes.count) : bytes.count
      for _ in 0...round % 3 {
        let place = Int.random(in: 0..<limit, using: &generator)
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      if let image = try? decode(damaged) {
        #expect(image.samples.count == image.width * image.height * image.channelCount)
      }
    }
  }

  @Test func aPNGThatClaimsManyPixelsIsRefusedBeforeTheyAreAllocated() throws {
    var bytes = try contents("photo.png")
    bytes.replaceSubrange(16..<24, with: [0, 0, 0x20, 0, 0, 0, 0x20, 0])
    let error = #expect(throws: TesseraError.self) { try decode(bytes) }
    #expect(error?.description.contains("cannot hold 8192x8192 pixels") == true)
  }

  @Test func aJPEGThatClaimsManyPixelsIsRefusedBeforeTheyAreAllocated() throws {
    var bytes = try contents("photo-444.jpg")
    let frame = try #require(
      bytes.indices.first { bytes[$0] == 0xFF && bytes.dropFirst($0 + 1).first == 0xC0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0x28, 0, 0x28, 0])
    let error = #expect(throws: TesseraError.self) { try decode(bytes) }
    #expect(error?.description.contains("cannot hold 10240x10240 pixels") == true)
  }

  @Test func anotherFormatIsNamedByItsFirstBytes() {
    for (bytes, message) in [
      ("GIF89a", "expected a PNG or JPEG image, found a GIF image: convert it to PNG"),
      ("P6 2 2", "byte 0: expected a PNG or JPEG image, found the bytes 50 36 20 32 20 32"),
    ] {
      let error = #expect(throws: TesseraError.self) { try decode(Array(bytes.utf8)) }
      #expect(error?.description == message)
    }
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: TesseraError.self) { try Image(path: "/nowhere/a.png") }
    #expect(error?.description.hasPrefix("/nowhere/a.png: ") == true)
  }
}
