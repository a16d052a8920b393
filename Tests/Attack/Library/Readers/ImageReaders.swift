import Tensors
import TesseraImages
import TestSupport

/// Pictures; their samples must fill them.
extension AttackedReader {
  static func png() throws -> AttackedReader {
    var reader = try images(
      "png", "photo.png", "palette.png", "gray16.png", "interlaced.png", "alpha.png", "bilevel.png")
    reader.repair = repairingPNGChecksums
    return reader
  }

  static func jpeg() throws -> AttackedReader {
    try images("jpeg", "photo-420.jpg", "progressive.jpg", "cmyk.jpg", "orientation-6.jpg")
  }

  private static func images(_ name: String, _ fixtures: String...) throws -> AttackedReader {
    let samples = try fixtures.map { try fileBytes(projectPath("Tests/Images/Fixtures/\($0)")) }
    return AttackedReader(name, samples: samples) { bytes in
      let image = try Image(decoding: bytes)
      guard image.samples.count == image.width * image.height * image.channelCount else {
        throw AttackFault("an image of \(image.samples.count) samples")
      }
    }
  }
}
