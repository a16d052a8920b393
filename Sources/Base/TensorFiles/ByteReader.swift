import Tensors

/// Little-endian integers at given places of untrusted bytes. Every read is checked.
struct ByteReader {
  private let storage: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    storage = bytes
  }

  /// All bytes there are.
  var count: Int { storage.count }

  func uint16(_ byteOffset: Int) throws(TesseraError) -> UInt16 {
    UInt16(littleEndian: try load(byteOffset))
  }

  func uint32(_ byteOffset: Int) throws(TesseraError) -> UInt32 {
    UInt32(littleEndian: try load(byteOffset))
  }

  func uint64(_ byteOffset: Int) throws(TesseraError) -> UInt64 {
    UInt64(littleEndian: try load(byteOffset))
  }

  /// A 64-bit offset or size, which must not pass the end of these bytes by more than an `Int` can say.
  func offset(_ byteOffset: Int) throws(TesseraError) -> Int {
    let value = try uint64(byteOffset)
    guard value <= UInt64(Int.max / 2) else {
      throw TesseraError(
        .invalidInput, "expected an offset or a size below 2^62, found \(value)",
        at: .byteOffset(byteOffset))
    }
    return Int(value)
  }

  func bytes(_ byteOffset: Int, count: Int) throws(TesseraError) -> UnsafeRawBufferPointer {
    guard byteOffset >= 0, count >= 0, byteOffset <= storage.count,
      count <= storage.count - byteOffset
    else {
      throw TesseraError(
        .invalidInput, "the file is cut off: expected \(count) bytes", at: .byteOffset(byteOffset))
    }
    return UnsafeRawBufferPointer(rebasing: storage[byteOffset..<byteOffset + count])
  }

  private func load<Value: FixedWidthInteger & BitwiseCopyable>(
    _ byteOffset: Int
  ) throws(TesseraError) -> Value {
    try bytes(byteOffset, count: MemoryLayout<Value>.size).loadUnaligned(as: Value.self)
  }
}
