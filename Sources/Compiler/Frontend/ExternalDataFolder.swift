import Foundation
import GraphIR
import Tensors

/// The files beside a model that hold the bytes of its tensors, mapped on first use.
final class ExternalDataFolder {
  private let folder: String
  private var files: [String: MappedFile] = [:]

  /// - Parameter folder: The model's folder; no file outside it is opened.
  init(_ folder: String) {
    self.folder = folder
  }

  /// Refers to a tensor's elements in their file, without a copy.
  ///
  /// - Throws: `TesseraError` if the path is absolute, has `..`, or leads out of the folder through a
  ///   link, or if the file does not hold the elements.
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
    let components = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !components.contains(".."), !location.utf8.contains(0) else {
      throw TesseraError(
        .invalidInput, "external data '\(location)' lies outside the model's folder")
    }
    let path = folder.isEmpty ? location : "\(folder)/\(location)"
    // A file that does not exist has no real path: opening it reports that.
    if let real = Self.realPath(path), let root = Self.realPath(folder.isEmpty ? "." : folder) {
      guard real.hasPrefix(root.hasSuffix("/") ? root : root + "/") else {
        throw TesseraError(
          .invalidInput, "external data '\(location)' is a link out of the model's folder")
      }
    }
    do throws(TesseraError) {
      let file = try MappedFile(path: path)
      files[location] = file
      return file
    } catch {
      let reasons = error.diagnostics.map(\.message).joined(separator: "; ")
      throw TesseraError(error.kind, "external data '\(location)': \(reasons)")
    }
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
