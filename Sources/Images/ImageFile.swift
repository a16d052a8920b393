import Tensors

extension Image {
  /// Reads the PNG or JPEG file at `path`; the first bytes tell which it is.
  ///
  /// - Throws: `TesseraError` if it is neither, damaged, cut off or too large.
  public init(path: String, orientation: OrientationSource = .exif) throws(TesseraError) {
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    do throws(TesseraError) {
      self = try Image(file: file.bytes, orientation: orientation)
    } catch {
      throw error.inFile(path)
    }
  }

  /// Decodes the bytes of a PNG or JPEG file: a `[UInt8]`, a `Data`, a slice of either.
  ///
  /// - Throws: `TesseraError` with the byte offset where it is known.
  public init(
    decoding bytes: some Collection<UInt8>, orientation: OrientationSource = .exif
  ) throws(TesseraError) {
    let inPlace = bytes.withContiguousStorageIfAvailable { bytes in
      Result { () throws(TesseraError) in
        try Image(file: UnsafeRawBufferPointer(bytes), orientation: orientation)
      }
    }
    if let inPlace {
      self = try inPlace.get()
    } else {
      try self.init(decoding: Array(bytes), orientation: orientation)
    }
  }

  /// Decodes the bytes of a PNG or JPEG file.
  ///
  /// - Throws: `TesseraError` with the byte offset where it is known.
  public init(
    decoding bytes: Span<UInt8>, orientation: OrientationSource = .exif
  ) throws(TesseraError) {
    self = try bytes.withUnsafeBytes { (bytes) throws(TesseraError) in
      try Image(file: bytes, orientation: orientation)
    }
  }

  init(
    file bytes: UnsafeRawBufferPointer, orientation: OrientationSource
  ) throws(TesseraError) {
    if bytes.starts(with: PNGDecoder.signature) {
      self = try PNGDecoder.decode(bytes)
      return
    }
    if bytes.starts(with: JPEGDecoder.signature) {
      let image = try JPEGDecoder.decode(bytes)
      self = orientation == .exif ? try image.oriented(EXIF.orientation(ofJPEG: bytes)) : image
      return
    }
    try ExpectedFile.image.require(bytes)
    let found = bytes.prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    throw TesseraError(
      .invalidInput,
      "expected a PNG or JPEG image, found the bytes \(found.joined(separator: " "))",
      at: .byteOffset(0))
  }

  /// Checks the size that a file claims before memory is taken for it.
  ///
  /// - Returns: how many samples the image has.
  static func checkedSampleCount(
    width: Int, height: Int, colorModel: ColorModel
  ) throws(TesseraError) -> Int {
    guard let count = sampleCount(width, height, colorModel) else {
      throw TesseraError(
        .invalidInput,
        "an image of \(width)x\(height) pixels is empty or has more than \(maximumPixelCount)")
    }
    return count
  }
}
