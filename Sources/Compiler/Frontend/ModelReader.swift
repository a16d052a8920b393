import GraphIR
import Tensors

/// Reads model files: ONNX's binary format and its textual syntax, and network files of Caffe.
package enum ModelReader {
  /// Reads the model file at `path`, whose format its extension or else its content tells. Tensors refer
  /// to the mapped file where they are stored as raw bytes.
  ///
  /// - Throws: `TesseraError` with the file and, for damage, the line and column or the byte offset.
  package static func read(path: String) throws(TesseraError) -> Model {
    let file = try MappedFile(path: path)
    do throws(TesseraError) {
      guard !path.hasSuffix(".caffemodel") else {
        throw TesseraError(
          .invalidInput,
          "expected a network, found Caffe's weights; give the .prototxt that they belong to, and this "
            + "file to --weights")
      }
      try ExpectedFile.model.require(file.bytes)
      return try read(
        TensorStorage(borrowing: file.bytes, from: file), as: ModelFormat(path: path),
        folders: ModelFolders(ofModel: path))
    } catch {
      throw error.inFile(path)
    }
  }

  /// Reads a model from memory, of which it keeps a copy.
  ///
  /// - Parameter bytes: The content of a model file, without external data.
  package static func read(onnx bytes: [UInt8]) throws(TesseraError) -> Model {
    let storage = try TensorStorage(byteCount: bytes.count) { copy in copy.copyBytes(from: bytes) }
    return try read(storage, as: nil, folders: nil)
  }

  /// Reads a model from memory, of which it keeps a copy.
  ///
  /// - Parameter bytes: The content of a model file, without external data.
  package static func read(onnx bytes: UnsafeRawBufferPointer) throws(TesseraError) -> Model {
    let storage = try TensorStorage(byteCount: bytes.count) { $0.copyMemory(from: bytes) }
    return try read(storage, as: nil, folders: nil)
  }

  /// Reads the constants of the model file at `path`, whatever else it holds.
  package static func readConstants(path: String) throws(TesseraError) -> NamedConstants {
    let file = try MappedFile(path: path)
    do throws(TesseraError) {
      try ExpectedFile.weights.require(file.bytes)
      let (model, problems) = try decode(
        TensorStorage(borrowing: file.bytes, from: file), as: ModelFormat(path: path),
        folders: ModelFolders(ofModel: path))
      return try NamedConstants(model, problems)
    } catch {
      throw error.inFile(path)
    }
  }

  private static func read(
    _ storage: TensorStorage, as format: ModelFormat?, folders: ModelFolders?
  ) throws(TesseraError) -> Model {
    var (model, problems) = try decode(storage, as: format, folders: folders)
    try model.finishReading(problems)
    return model
  }

  /// The model as far as it could be read, and what could not.
  private static func decode(
    _ storage: TensorStorage, as format: ModelFormat?, folders: ModelFolders?
  ) throws(TesseraError) -> (model: Model, problems: ModelProblems) {
    let externalData = folders.map(ExternalData.init)
    let loader: ExternalDataLoader = { (reference, type, shape) throws(TesseraError) in
      guard let externalData else {
        throw TesseraError(
          .invalidInput, "'\(reference.location)' cannot be read: the model is not in a folder")
      }
      return try externalData.tensor(reference, type, shape)
    }
    switch format ?? ModelFormat(content: storage.bytes) {
    case .onnx: return try ONNXDecoder.decode(storage, loadExternalData: loader)
    case .onnxText: return try Model.reading(onnxText: text(storage), loadExternalData: loader)
    case .caffeNetwork: return (try CaffeConverter.model(fromText: text(storage)), ModelProblems())
    }
  }

  private static func text(_ storage: TensorStorage) throws(TesseraError) -> String {
    try TextFileLimit.check(storage.byteCount, maximum: TextFileLimit.model)
    if let offset = storage.bytes.firstInvalidUTF8Offset {
      throw TesseraError(.invalidInput, "the text is not UTF-8", at: .byteOffset(offset))
    }
    return String(decoding: storage.bytes.withoutByteOrderMark, as: UTF8.self)
  }
}
