import GraphIR
import Tensors

/// Reads model files: ONNX's binary format and its textual syntax.
package enum ModelReader {
  /// Reads the model file at `path`: text if its name ends in `.onnxtxt` or if it starts like one,
  /// else binary. Tensors refer to the mapped file where they are stored as raw bytes.
  ///
  /// - Throws: `TesseraError` with the file and, for damage, the line and column or the byte offset.
  package static func read(path: String) throws(TesseraError) -> Model {
    let file = try MappedFile(path: path)
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
    do throws(TesseraError) {
      return try read(
        TensorStorage(borrowing: file.bytes, from: file),
        isText: path.hasSuffix(".onnxtxt") ? true : nil, folder: folder ?? ".")
    } catch {
      throw error.inFile(path)
    }
  }

  /// Reads a model from memory, of which it keeps a copy.
  ///
  /// - Parameters:
  ///   - bytes: The content of a model file.
  ///   - folder: Where files with external data lie; nil refuses them.
  package static func read(
    onnx bytes: [UInt8], folder: String? = nil
  ) throws(TesseraError) -> Model {
    let storage = TensorStorage(byteCount: bytes.count) { copy in copy.copyBytes(from: bytes) }
    return try read(storage, isText: nil, folder: folder)
  }

  private static func read(
    _ storage: TensorStorage, isText: Bool?, folder: String?
  ) throws(TesseraError) -> Model {
    let externalData = folder.map(ExternalDataFolder.init)
    let loader: ExternalDataLoader = { (reference, type, shape) throws(TesseraError) in
      guard let externalData else {
        throw TesseraError(
          .invalidInput, "'\(reference.location)' cannot be read: the model is not in a folder")
      }
      return try externalData.tensor(reference, type, shape)
    }
    guard isText ?? startsLikeText(storage.bytes) else {
      return try ONNXDecoder.decode(storage, loadExternalData: loader)
    }
    if let offset = storage.bytes.firstInvalidUTF8Offset {
      throw TesseraError(.invalidInput, "the text is not UTF-8", at: .byteOffset(offset))
    }
    return try Model(
      onnxText: String(decoding: storage.bytes, as: UTF8.self), loadExternalData: loader)
  }

  /// True if the first byte that is not white space starts a header or a comment. Neither can start
  /// a binary model: as protocol buffers, both are the ends or starts of groups.
  private static func startsLikeText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let first = bytes.first { $0 != 0x20 && !(9...13).contains($0) }
    return first == UInt8(ascii: "<") || first == UInt8(ascii: "#")
  }
}
