import GraphIR
import Tensors

/// ONNX's file of one tensor: a `TensorProto` (`.pb`).
package enum TensorProtoFile {
  /// Reads the tensor in the file at `path`. Elements that are stored as raw bytes stay in the mapped
  /// file; external data is refused.
  ///
  /// - Throws: `TesseraError` with the byte offset, or what does not fit the tensor's type and shape.
  package static func read(path: String) throws(TesseraError) -> Tensor {
    let file = try MappedFile(path: path)
    do throws(TesseraError) {
      try ExpectedFile.tensorProto.require(file.bytes)
      return try ONNXDecoder.decodeTensor(
        TensorStorage(borrowing: file.bytes, from: file)
      ) { (reference, _, _) throws(TesseraError) in
        throw TesseraError(
          .unsupported, "elements in another file, '\(reference.location)', are not supported")
      }
    } catch {
      throw error.inFile(path)
    }
  }
}
