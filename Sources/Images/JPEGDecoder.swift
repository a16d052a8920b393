import CTurboJPEG
import Tensors

/// Decodes JPEG with libjpeg-turbo.
///
/// Gray stays gray; YCbCr, RGB, CMYK and YCCK become RGB. CMYK samples are taken as inverted, which
/// is how they are written in practice. The EXIF orientation is applied.
enum JPEGDecoder {
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// The most pixels that one byte of a file can stand for; a progressive image of one color takes
  /// an eighth of this.
  private static let maximumPixelsPerByte = 8192

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) -> Image {
    try JPEGStructure.checkEnd(bytes)
    guard let decoder = tjInitDecompress() else {
      throw TesseraError(.systemFailure, "libjpeg-turbo could not start")
    }
    defer { tjDestroy(decoder) }
    let source = bytes.bindMemory(to: UInt8.self).baseAddress
    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var colorSpace: Int32 = 0
    guard
      tjDecompressHeader3(
        decoder, source, UInt(bytes.count), &width, &height, &subsampling, &colorSpace) == 0
    else { throw failure(decoder) }

    let isGray = colorSpace == Int32(TJCS_GRAY.rawValue)
    let isCMYK =
      colorSpace == Int32(TJCS_CMYK.rawValue) || colorSpace == Int32(TJCS_YCCK.rawValue)
    let colorModel: Image.ColorModel = isGray ? .gray : .rgb
    _ = try Image.checkedSampleCount(
      width: Int(width), height: Int(height), colorModel: colorModel)
    guard Int(width) * Int(height) / maximumPixelsPerByte <= bytes.count else {
      throw TesseraError(
        .invalidInput, "a file of \(bytes.count) bytes cannot hold \(width)x\(height) pixels")
    }

    let format = isGray ? TJPF_GRAY : isCMYK ? TJPF_CMYK : TJPF_RGB
    let decodedCount = Int(width) * Int(height) * (isCMYK ? 4 : colorModel.channelCount)
    var status: Int32 = 0
    var samples = [UInt8](unsafeUninitializedCapacity: decodedCount) { buffer, count in
      // A damaged file can leave rows unwritten.
      buffer.initialize(repeating: 0)
      status = tjDecompress2(
        decoder, source, UInt(bytes.count), buffer.baseAddress, width, 0, height, format.rawValue,
        TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      count = decodedCount
    }
    if status != 0, !isHarmless(decoder) { throw failure(decoder) }
    if isCMYK { samples = rgb(fromInvertedCMYK: samples) }
    let image = Image(
      checkedWidth: Int(width), height: Int(height), colorModel: colorModel, samples: samples)
    return image.oriented(EXIF.orientation(ofJPEG: bytes))
  }

  /// True for warnings that leave the whole image decoded. Missing data is none of them.
  private static func isHarmless(_ decoder: tjhandle) -> Bool {
    tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
      && !message(decoder).lowercased().contains("premature end")
  }

  private static func message(_ decoder: tjhandle) -> String {
    tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "unknown error"
  }

  private static func failure(_ decoder: tjhandle) -> TesseraError {
    TesseraError(
      .invalidInput, "the JPEG image is damaged: libjpeg-turbo says '\(message(decoder))'")
  }

  /// `red = cyan * black / 255`, rounded, and so on: the samples are 255 minus the ink.
  private static func rgb(fromInvertedCMYK inks: [UInt8]) -> [UInt8] {
    let pixelCount = inks.count / 4
    return inks.withUnsafeBufferPointer { inks in
      [UInt8](unsafeUninitializedCapacity: pixelCount * 3) { result, count in
        for pixel in 0..<pixelCount {
          let black = UInt32(inks[pixel * 4 + 3])
          for channel in 0..<3 {
            let product = UInt32(inks[pixel * 4 + channel]) * black
            result[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (product + 127) / 255)
          }
        }
        count = pixelCount * 3
      }
    }
  }
}
