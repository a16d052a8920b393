import CTessera
import Tensors

/// Calls `body`, says in the caller's memory what it throws, and returns the status.
package func reporting(
  in message: UnsafeMutablePointer<CChar>?, _ messageByteCount: Int,
  _ body: () throws(TesseraError) -> Void
) -> tsr_status {
  let room = UnsafeMutableRawBufferPointer(
    start: message, count: message == nil ? 0 : messageByteCount.asSize)
  do throws(TesseraError) {
    try body()
    copyTerminated("", into: room)
    return tsr_status(TSR_OK)
  } catch {
    copyTerminated(error.description, into: room)
    return error.kind.status
  }
}

/// Hands the object that `make` gives over to the caller, who releases it.
package func giveOut(
  to result: UnsafeMutablePointer<OpaquePointer?>?, named name: String,
  _ make: () throws(TesseraError) -> AnyObject
) throws(TesseraError) {
  let result = try require(result, name)
  result.pointee = nil
  result.pointee = OpaquePointer(Unmanaged.passRetained(try make()).toOpaque())
}

/// What a caller had to give.
///
/// - Throws: `invalidUsage` if it is NULL.
package func require<Value>(
  _ value: Value?, _ name: @autoclosure () -> String
) throws(TesseraError) -> Value {
  guard let value else { throw TesseraError(.invalidUsage, "'\(name())' is NULL") }
  return value
}

/// The text of a string that a caller had to give.
///
/// - Throws: `invalidUsage` if it is NULL or not UTF-8.
package func requireText(
  _ string: UnsafePointer<CChar>?, _ name: String
) throws(TesseraError) -> String {
  guard let text = String(validatingCString: try require(string, name)) else {
    throw TesseraError(.invalidUsage, "'\(name)' is not UTF-8")
  }
  return text
}

/// Memory of the caller's.
///
/// - Throws: `invalidUsage` if it is NULL and has bytes, or has more than there can be.
package func requireBytes(
  _ start: UnsafeRawPointer?, _ byteCount: Int, _ name: @autoclosure () -> String
) throws(TesseraError) -> UnsafeRawBufferPointer {
  guard byteCount >= 0, start != nil || byteCount == 0 else {
    throw TesseraError(
      .invalidUsage,
      "'\(name())' is \(start == nil ? "NULL and" : "memory that") has \(UInt(bitPattern: byteCount)) bytes"
    )
  }
  return UnsafeRawBufferPointer(start: start, count: byteCount)
}

/// A count that a caller had to give.
///
/// - Throws: `invalidUsage` if it is more than there can be.
package func requireCount(_ count: Int, _ name: String) throws(TesseraError) -> Int {
  guard count >= 0 else {
    throw TesseraError(.invalidUsage, "'\(name)' is \(UInt(bitPattern: count))")
  }
  return count
}

/// Copies as much of `text` as there is room for, in whole characters and without zero bytes, and a zero byte.
private func copyTerminated(_ text: String, into room: UnsafeMutableRawBufferPointer) {
  guard room.count > 0 else { return }
  var text = text
  text.withUTF8 { bytes in
    var count = min(bytes.count, room.count - 1)
    while count > 0, count < bytes.count, bytes[count] & 0xC0 == 0x80 { count -= 1 }
    for index in 0..<count { room[index] = bytes[index] == 0 ? UInt8(ascii: "?") : bytes[index] }
    room[count] = 0
  }
}

extension TesseraError.Kind {
  fileprivate var status: tsr_status {
    switch self {
    case .invalidInput: tsr_status(TSR_INVALID_INPUT)
    case .invalidUsage: tsr_status(TSR_INVALID_USAGE)
    case .unsupported: tsr_status(TSR_UNSUPPORTED)
    case .systemFailure, .cancelled: tsr_status(TSR_SYSTEM_FAILURE)
    }
  }
}

extension Int {
  /// A `size_t`, clamped to what an `Int` holds.
  fileprivate var asSize: Int { self < 0 ? .max : self }
}
