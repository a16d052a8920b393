import CTurboJPEG
import Tensors

/// Decodes JPEG with libjpeg-turbo.
///
/// Gray stays gray; YCbCr, RGB, CMYK and YCCK become RGB. CMYK samples are taken as inverted, which
/// is how they are written in practice. Rows and columns are as the file stores them.
enum JPEGDecoder {
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// The most pixels that one byte of a file can stand for; a progressive image of one color takes
  /// an eighth of this.
  private static let maximumPixelsPerByte = 8192

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) -> Image {
    let structure = try JPEGStructure.read(bytes)
    guard let decoder = tjInitDecompress() else {
      throw TesseraError(.systemFailure, "libjpeg-turbo could not start")
    }
    defer { tjDestroy(decoder) }
    let source = bytes.bindMemory(to: UInt8.self).baseAddress
    var storedWidth: Int32 = 0
    var storedHeight: Int32 = 0
    var subsampling: Int32 = 0
    var colorSpace: Int32 = 0
    guard
      tjDecompressHeader3(
        decoder, source, UInt(bytes.count), &storedWidth, &storedHeight, &subsampling,
        &colorSpace) == 0
    else { throw failure(decoder) }

    let isGray = colorSpace == Int32(TJCS_GRAY.rawValue)
    let isCMYK =
      colorSpace == Int32(TJCS_CMYK.rawValue) || colorSpace == Int32(TJCS_YCCK.rawValue)
    let colorModel: Image.ColorModel = isGray ? .gray : .rgb
    let (width, height) = (Int(storedWidth), Int(storedHeight))
    _ = try Image.checkedSampleCount(width: width, height: height, colorModel: colorModel)
    guard width * height / maximumPixelsPerByte <= bytes.count else {
      throw TesseraError(
        .invalidInput, "a file of \(bytes.count) bytes cannot hold \(width)x\(height) pixels")
    }
    let channelCount = isCMYK ? 4 : colorModel.channelCount
    // Coefficients take two bytes each.
    let keptByteCount = structure.keepsCoefficients ? 2 * structure.componentCount : 0
    try DecodingLimit.check(
      memory: width * height * (channelCount + (isCMYK ? 3 : 0) + keptByteCount),
      visits: width * height * structure.scanComponentCounts.reduce(0, +), of: width, height,
      fileByteCount: bytes.count)

    // A damaged file can leave rows unwritten.
    let decoded = try ZeroedMemory(byteCount: width * height * channelCount)
    defer { withExtendedLifetime(decoded) {} }
    let format = isGray ? TJPF_GRAY : isCMYK ? TJPF_CMYK : TJPF_RGB
    let status = tjDecompress2(
      decoder, source, UInt(bytes.count), decoded.bytes.bindMemory(to: UInt8.self).baseAddress,
      storedWidth, 0, storedHeight, format.rawValue, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
    if status != 0, !isHarmless(decoder) { throw failure(decoder) }
    let samples = UnsafeRawBufferPointer(decoded.bytes)
    guard isCMYK else {
      return Image(
        checkedWidth: width, height: height, colorModel: colorModel,
        storage: TensorStorage(borrowing: samples, from: decoded))
    }
    return try Image(checkedWidth: width, height: height, colorModel: .rgb) { rgb in
      convert(inverted: samples, into: rgb)
    }
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
    let message = message(decoder)
    let isMemory = message.lowercased().contains("insufficient memory")
    return TesseraError(
      isMemory ? .systemFailure : .invalidInput,
      isMemory
        ? "the system refused memory to decode the JPEG image"
        : "the JPEG image is damaged: libjpeg-turbo says '\(message)'")
  }

  /// `red = cyan * black / 255`, rounded, and so on: the samples are 255 minus the ink.
  private static func convert(
    inverted inks: UnsafeRawBufferPointer, into rgb: UnsafeMutableRawBufferPointer
  ) {
    for pixel in 0..<inks.count / 4 {
      let black = UInt32(inks[pixel * 4 + 3])
      for channel in 0..<3 {
        let product = UInt32(inks[pixel * 4 + channel]) * black
        rgb[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (product + 127) / 255)
      }
    }
  }
}
