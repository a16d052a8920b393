/// The largest text files that are read, in bytes. A text takes many times its own size in memory.
package enum TextFileLimit {
  /// A model: ONNX's textual syntax or a Caffe network.
  package static let model = 64 << 20
  /// The names of classes.
  package static let labels = 16 << 20
  /// A list of images.
  package static let imageList = 128 << 20
  /// A map of weights' names.
  package static let weightMap = 1 << 20
  /// Measured times of kernel calls.
  package static let timingCache = 64 << 20

  /// - Throws: `TesseraError` if a text takes more than `maximum` bytes.
  package static func check(_ byteCount: Int, maximum: Int) throws(TesseraError) {
    guard byteCount <= maximum else {
      throw TesseraError(
        .invalidInput, "expected a text of at most \(maximum) bytes, found \(byteCount)")
    }
  }
}
