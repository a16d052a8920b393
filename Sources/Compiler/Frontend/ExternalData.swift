import GraphIR
import Tensors

/// The files beside a model that hold the bytes of its tensors, mapped on first use.
final class ExternalData {
  private let folders: ModelFolders
  private var files: [String: MappedFile] = [:]

  /// - Parameter folders: No file outside of these is opened.
  init(in folders: ModelFolders) {
    self.folders = folders
  }

  /// Refers to a tensor's elements in their file, without a copy.
  ///
  /// - Throws: `TesseraError` if the path leads out of the folders, or if the file does not hold the
  ///   elements.
  func tensor(
    _ reference: ExternalDataReference, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor {
    let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(
      by: elementType.byteCount)
    guard !overflow, reference.byteCount ?? byteCount == byteCount else {
      throw TesseraError(
        .invalidInput,
        "expected \(byteCount) bytes of external data for \(elementType.onnxName) elements of shape "
          + "\(shape), found length \(reference.byteCount ?? 0)")
    }
    let file = try file(at: reference.location)
    guard reference.byteOffset <= file.bytes.count,
      byteCount <= file.bytes.count - reference.byteOffset,
      let tensor = Tensor(
        elementType: elementType, shape: shape,
        storage: TensorStorage(borrowing: file.bytes, from: file), byteOffset: reference.byteOffset)
    else {
      throw TesseraError(
        .invalidInput,
        "expected \(byteCount) bytes at byte \(reference.byteOffset) of '\(reference.location)', "
          + "which has \(file.bytes.count)")
    }
    return tensor
  }

  private func file(at location: String) throws(TesseraError) -> MappedFile {
    if let file = files[location] { return file }
    let path = try folders.file(at: location)
    do throws(TesseraError) {
      let file = try MappedFile(path: path)
      files[location] = file
      return file
    } catch {
      let reasons = error.diagnostics.map(\.message).joined(separator: "; ")
      throw TesseraError(error.kind, "external data '\(location)': \(reasons)")
    }
  }
}
