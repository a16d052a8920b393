import CProtobufC

/// The messages of a repeated field.
func elements<Message>(
  _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
) -> [UnsafeMutablePointer<Message>] {
  UnsafeBufferPointer(start: pointers, count: pointers == nil ? 0 : count).compactMap { $0 }
}

/// The strings of a repeated field.
func strings(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int)
  -> [String]
{
  UnsafeBufferPointer(start: pointers, count: pointers == nil ? 0 : count).map(string)
}

/// The numbers or byte strings of a repeated field.
func scalars<Scalar>(_ pointer: UnsafeMutablePointer<Scalar>?, _ count: Int)
  -> UnsafeBufferPointer<Scalar>
{
  UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count)
}

/// A string field; "" if it is absent.
func string(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}

extension ProtobufCBinaryData {
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : len)
  }
}
