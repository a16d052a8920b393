import CZlib
import Tensors

/// Decompresses raw deflate data (RFC 1951), piece by piece.
final class Inflate {
  /// The most bytes that one compressed byte can stand for; larger claims are lies.
  static let maximumRatio = 1032

  private let input: UnsafeRawBufferPointer
  // zlib keeps this address from the first call to the last.
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumedByteCount = 0
  private var isAtEnd = false

  /// - Throws: `TesseraError` if zlib has no memory.
  init(_ input: UnsafeRawBufferPointer) throws(TesseraError) {
    self.input = input
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
      throw TesseraError(.systemFailure, "the system refused memory to decompress data")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Decompresses the next bytes into `output`, until it is full or the data ends.
  ///
  /// - Returns: how many bytes were written.
  /// - Throws: `TesseraError` if the data is damaged or cut off.
  func read(into output: UnsafeMutableRawBufferPointer) throws(TesseraError) -> Int {
    let source = UnsafeMutableRawBufferPointer(mutating: input).bindMemory(to: UInt8.self)
    let target = output.bindMemory(to: UInt8.self)
    let step = 1 << 30
    var produced = 0
    while !isAtEnd, produced < target.count {
      let available = min(step, source.count - consumedByteCount)
      let space = min(step, target.count - produced)
      stream.pointee.next_in = source.baseAddress.map { $0 + consumedByteCount }
      stream.pointee.avail_in = UInt32(available)
      stream.pointee.next_out = target.baseAddress.map { $0 + produced }
      stream.pointee.avail_out = UInt32(space)
      let status = inflate(stream, Z_NO_FLUSH)
      consumedByteCount += available - Int(stream.pointee.avail_in)
      produced += space - Int(stream.pointee.avail_out)
      isAtEnd = status == Z_STREAM_END
      guard isAtEnd || status == Z_OK else {
        let reason = stream.pointee.msg.map { String(cString: $0) }
        throw TesseraError(
          .invalidInput, "the compressed data is damaged: \(reason ?? "it is cut off")")
      }
    }
    return produced
  }

  /// - Throws: `TesseraError` unless all data has been read.
  func requireEnd() throws(TesseraError) {
    var surplus: UInt8 = 0
    let surplusByteCount = try withUnsafeMutableBytes(of: &surplus) { (byte) throws(TesseraError) in
      try read(into: byte)
    }
    guard surplusByteCount == 0 else {
      throw TesseraError(.invalidInput, "the compressed data gives more bytes than it claims")
    }
    guard consumedByteCount == input.count else {
      throw TesseraError(
        .invalidInput,
        "expected \(input.count) compressed bytes, found data that ends after \(consumedByteCount)")
    }
  }
}
