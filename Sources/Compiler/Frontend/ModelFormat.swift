import CCaffeProto
import GraphIR

/// The formats of model files.
enum ModelFormat {
  /// ONNX's binary format.
  case onnx
  /// ONNX's textual syntax.
  case onnxText
  /// The text of a Caffe network.
  case caffeNetwork

  /// The format that a file's extension states; nil if it leaves that to the content.
  init?(path: String) {
    if path.hasSuffix(".onnxtxt") {
      self = .onnxText
    } else if path.hasSuffix(".prototxt") {
      self = .caffeNetwork
    } else {
      return nil
    }
  }

  /// The format that a file's first bytes look like.
  init(content: UnsafeRawBufferPointer) {
    let bytes = content.withoutByteOrderMark
    // No binary model starts like a text: as protocol buffers, `<` and `#` end or start a group, and a
    // byte order mark has a wire type that does not exist.
    let first = bytes.prefix(1 << 16).first { $0 != 0x20 && !(9...13).contains($0) }
    if Self.startsLikeNetwork(bytes) {
      self = .caffeNetwork
    } else if first == UInt8(ascii: "<") || first == UInt8(ascii: "#") {
      self = .onnxText
    } else {
      self = .onnx
    }
  }

  /// True if a field of a network comes first, after comments.
  private static func startsLikeNetwork(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var cursor = TextCursor(String(decoding: bytes.prefix(1 << 16), as: UTF8.self))
    let name = cursor.identifier()
    let isField = withUnsafePointer(to: caffe__net_parameter__descriptor) {
      $0.field(named: name) != nil
    }
    return isField && (cursor.isNext(":") || cursor.isNext("{"))
  }
}
