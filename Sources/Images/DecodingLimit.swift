import Tensors

/// What an image may take while it is decoded, by the size of its file: a small file cannot ask for much.
enum DecodingLimit {
  /// Bytes of memory that any image may take, and those that each byte of its file adds.
  static let memoryByteCount = 1 << 27
  static let memoryBytesPerFileByte = 256
  /// Samples that may be visited for any image, each as often as the file has data for it, and those that
  /// each byte of the file adds.
  static let visitCount = 1 << 29
  static let visitsPerFileByte = 1 << 10

  /// - Parameters:
  ///   - memory: bytes for the decoded samples and what the decoder keeps beside them.
  ///   - visits: samples of the image, counted anew for each of its scans.
  /// - Throws: `TesseraError` if that is more than a file of `fileByteCount` bytes may ask for.
  static func check(
    memory: Int, visits: Int, of width: Int, _ height: Int, fileByteCount: Int
  ) throws(TesseraError) {
    let size = "an image of \(width)x\(height) pixels in a file of \(fileByteCount) bytes"
    let memoryLimit = memoryByteCount + memoryBytesPerFileByte * fileByteCount
    guard memory <= memoryLimit else {
      throw TesseraError(
        .invalidInput,
        "\(size) may take \(memoryLimit) bytes of memory, this one takes \(memory)")
    }
    let visitLimit = visitCount + visitsPerFileByte * fileByteCount
    guard visits <= visitLimit else {
      throw TesseraError(
        .invalidInput,
        "\(size) may have data for \(visitLimit) samples, this one has scans for \(visits)")
    }
  }
}
