import Tensors
import TesseraImages
import Testing

/// Images that lie in memory.
@Suite struct ImageDecodingTests {
  @Test(arguments: ["photo.png", "orientation-6.jpg"])
  func everyFormOfBytesGivesTheSame(_ name: String) throws {
    let file = try MappedFile(path: fixture(name))
    defer { withExtendedLifetime(file) {} }
    let bytes = Array(file.bytes)
    let expected = try Image(path: fixture(name))
    #expect(try Image(decoding: bytes) == expected)
    #expect(try Image(decoding: bytes.span) == expected)
    #expect(try Image(decoding: ([0, 0] + bytes)[2...]) == expected)
    // Without contiguous storage.
    #expect(try Image(decoding: bytes.lazy.map { $0 }) == expected)
  }

  @Test func theOrientationIsChosen() throws {
    let file = try MappedFile(path: fixture("orientation-6.jpg"))
    defer { withExtendedLifetime(file) {} }
    let upright = try Image(decoding: file.bytes)
    let stored = try Image(decoding: file.bytes, orientation: .stored)
    #expect((upright.width, upright.height) == (stored.height, stored.width))
  }

  @Test func whatIsNoImageIsRefused() {
    for bytes in [[], [1, 2, 3]] as [[UInt8]] {
      #expect(throws: TesseraError.self) { try Image(decoding: bytes) }
    }
  }
}
