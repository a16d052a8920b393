import Tensors

/// Reads what `ByteWriter` wrote from bytes that may be damaged. Errors name the byte offset in the
/// file.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  /// Where `bytes` starts in the file.
  private let fileOffset: Int
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer, fileOffset: Int) {
    self.bytes = bytes
    self.fileOffset = fileOffset
  }

  var remainingByteCount: Int { bytes.count - position }

  /// An error at the current position.
  func error(_ message: String) -> TesseraError {
    TesseraError(.invalidInput, message, at: .byteOffset(fileOffset + position))
  }

  mutating func readUInt64(_ what: String) throws(TesseraError) -> UInt64 {
    guard remainingByteCount >= 8 else { throw error("\(what) is cut off") }
    defer { position += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  mutating func readInt64(_ what: String) throws(TesseraError) -> Int64 {
    Int64(bitPattern: try readUInt64(what))
  }

  /// A number that must lie in `range`.
  mutating func readInt(_ what: String, in range: ClosedRange<Int>) throws(TesseraError) -> Int {
    let start = self
    let value = Int(try readInt64(what))
    guard range.contains(value) else {
      throw start.error(
        "\(what) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func readString(_ what: String) throws(TesseraError) -> String {
    let start = self
    let byteCount = try readInt("the length of \(what)", in: 0...Int.max)
    guard byteCount <= remainingByteCount else {
      throw start.error(
        "\(what) is said to take \(byteCount) bytes, \(remainingByteCount) are left")
    }
    defer { position += byteCount }
    let utf8 = UnsafeRawBufferPointer(rebasing: bytes[position..<position + byteCount])
    guard let string = String(validating: utf8, as: UTF8.self) else {
      throw start.error("\(what) is not UTF-8")
    }
    return string
  }

  /// A list whose elements take at least `minimumByteCount` bytes each, which bounds its length.
  mutating func readList<Element>(
    _ what: String, minimumByteCount: Int,
    _ readElement: (inout ByteReader) throws(TesseraError) -> Element
  ) throws(TesseraError) -> [Element] {
    let start = self
    let count = try readInt("the number of \(what)", in: 0...Int.max)
    guard count <= remainingByteCount / minimumByteCount else {
      throw start.error(
        "\(count) \(what) cannot fit in the \(remainingByteCount) bytes that are left")
    }
    var list: [Element] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try readElement(&self)) }
    return list
  }
}
