/// Messages of protocol buffers, put together byte by byte.
enum ProtoSamples {
  /// ONNX's `TensorProto`: raw and typed elements.
  static let tensors: [[UInt8]] = [
    dims(2, 3) + integer(2, 1) + bytes(8, text("x")) + bytes(9, floats(6)),
    dims(6) + integer(2, 1) + bytes(4, floats(6)),
    dims(3) + integer(2, 7) + bytes(7, [1, 2, 0x83, 1]),
    dims(2) + integer(2, 10) + bytes(5, [0x80, 0x78, 1]),
    dims(2) + integer(2, 11) + bytes(10, floats(4)),
  ]

  /// Weights for the networks of `ModelSamples.caffeTexts`, with newer and older shapes.
  static let caffeWeights: [[UInt8]] = [
    layer("c", blob([4, 3, 3, 3]), blob([4])) + layer("f", blob([5, 72]), blob([5])),
    bytes(
      2,
      bytes(4, text("f")) + bytes(6, olderBlob(1, 1, 3, 32)) + bytes(6, olderBlob(1, 1, 1, 3))),
  ]

  private static func layer(_ name: String, _ blobs: [UInt8]...) -> [UInt8] {
    bytes(100, bytes(1, text(name)) + blobs.flatMap { bytes(7, $0) })
  }

  private static func blob(_ extents: [Int]) -> [UInt8] {
    bytes(7, bytes(1, extents.flatMap(varint))) + bytes(5, floats(extents.reduce(1, *)))
  }

  private static func olderBlob(_ extents: Int...) -> [UInt8] {
    extents.enumerated().flatMap { integer($0.offset + 1, $0.element) }
      + bytes(5, floats(extents.reduce(1, *)))
  }

  private static func dims(_ extents: Int...) -> [UInt8] { extents.flatMap { integer(1, $0) } }

  private static func integer(_ field: Int, _ value: Int) -> [UInt8] {
    varint(field << 3) + varint(value)
  }

  private static func bytes(_ field: Int, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(content.count) + content
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func floats(_ count: Int) -> [UInt8] {
    (0..<count).map { Float($0 % 7) - 3 }.withUnsafeBytes(Array.init)
  }

  private static func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value % 128) | 128] + varint(value / 128)
  }
}
