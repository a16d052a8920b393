import CPNG
import Tensors

/// Decodes PNG with libpng's simplified interface.
///
/// Gray stays gray and all else becomes RGB. Palettes are applied; samples of 16 bits are scaled to 8;
/// transparent pixels are blended, in linear light, over white. A file's own gamma is converted to
/// sRGB.
enum PNGDecoder {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) -> Image {
    let structure = try PNGStructure.read(bytes)
    let colorModel: Image.ColorModel = structure.isColor ? .rgb : .gray
    let sampleCount = try Image.checkedSampleCount(
      width: structure.width, height: structure.height, colorModel: colorModel)
    try DecodingLimit.check(
      memory: sampleCount, visits: structure.rowByteCount * structure.height,
      of: structure.width, structure.height, fileByteCount: bytes.count)

    // libpng keeps this address from the first call to the last.
    let reader = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    reader.initialize(to: png_image())
    defer {
      png_image_free(reader)
      reader.deallocate()
    }
    reader.pointee.version = UInt32(PNG_IMAGE_VERSION)
    guard png_image_begin_read_from_memory(reader, bytes.baseAddress, bytes.count) != 0 else {
      throw failure(reader)
    }
    reader.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    reader.pointee.format = structure.isColor ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0
    guard Int(reader.pointee.width) == structure.width,
      Int(reader.pointee.height) == structure.height
    else { throw failure(reader) }

    var white = png_color(red: 255, green: 255, blue: 255)
    let rowStride = Int32(structure.width * colorModel.channelCount)
    return try Image(
      checkedWidth: structure.width, height: structure.height, colorModel: colorModel
    ) { (samples) throws(TesseraError) in
      guard png_image_finish_read(reader, &white, samples.baseAddress, rowStride, nil) != 0 else {
        throw failure(reader)
      }
    }
  }

  private static func failure(_ reader: UnsafePointer<png_image>) -> TesseraError {
    let message = withUnsafeBytes(of: reader.pointee.message) { text in
      String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
    let isMemory = message.lowercased().contains("memory")
    return TesseraError(
      isMemory ? .systemFailure : .invalidInput,
      isMemory
        ? "the system refused memory to decode the PNG image"
        : "the PNG image is damaged: libpng says '\(message)'")
  }
}
