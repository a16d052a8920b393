import CZlib
import Tensors

/// Decompresses raw deflate data (RFC 1951) of a known size.
enum Inflate {
  /// The most bytes that one compressed byte can stand for; larger claims are lies.
  static let maximumRatio = 1032

  /// Fills `output` with what `input` decompresses to.
  ///
  /// - Throws: `TesseraError` if the data is damaged or gives another number of bytes.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(TesseraError) {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
      throw TesseraError(.systemFailure, "zlib could not start")
    }
    defer { inflateEnd(&stream) }

    let source = UnsafeMutableRawBufferPointer(mutating: input).bindMemory(to: UInt8.self)
    let target = output.bindMemory(to: UInt8.self)
    let step = 1 << 30
    var consumed = 0
    var produced = 0
    while true {
      let available = min(step, source.count - consumed)
      let space = min(step, target.count - produced)
      stream.next_in = source.baseAddress.map { $0 + consumed }
      stream.avail_in = UInt32(available)
      stream.next_out = target.baseAddress.map { $0 + produced }
      stream.avail_out = UInt32(space)
      let status = inflate(&stream, Z_NO_FLUSH)
      consumed += available - Int(stream.avail_in)
      produced += space - Int(stream.avail_out)
      if status == Z_STREAM_END { break }
      guard status == Z_OK else {
        let reason = stream.msg.map { String(cString: $0) }
        throw TesseraError(
          .invalidInput, "the compressed data is damaged: \(reason ?? "it is cut off or too long")")
      }
    }
    guard produced == output.count, consumed == input.count else {
      throw TesseraError(
        .invalidInput,
        "expected \(input.count) compressed bytes to give \(output.count), "
          + "found \(consumed) that give \(produced)")
    }
  }
}
