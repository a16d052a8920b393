import Foundation
import Frontend
import TensorFiles
import Tessera
import Vision

/// A file that holds one input, as `--input NAME=FILE` names it.
struct TensorSource: Sendable {
  static let option = Option<TensorSource>(
    "input", "NAME=FILE", isRepeatable: true,
    help: "Read an input from .npy, .npz, .npz:MEMBER, .pb (ONNX TensorProto), PNG or JPEG"
  ) { (text) throws(TesseraError) in try TensorSource(argument: text) }

  /// The input's name.
  let name: String
  let path: String
  private let format: Format

  private enum Format: Sendable {
    case npy, tensorProto, image
    /// The array of this name in an archive.
    case npz(member: String)
  }

  private static let formats: [(suffixes: [String], format: Format)] = [
    ([".npy"], .npy), ([".pb"], .tensorProto), ([".png", ".jpg", ".jpeg"], .image),
  ]

  /// Splits `NAME=FILE` at its last `=`, so that names may contain one.
  init(argument: String) throws(TesseraError) {
    guard let separator = argument.lastIndex(of: "="), separator != argument.startIndex,
      argument.index(after: separator) != argument.endIndex
    else { throw ArgumentValue.unexpected(argument, "NAME=FILE") }
    name = String(argument[..<separator])
    let file = String(argument[argument.index(after: separator)...])
    let lowercased = file.lowercased()
    if let known = Self.formats.first(where: { $0.suffixes.contains(where: lowercased.hasSuffix) })
    {
      (path, format) = (file, known.format)
    } else if lowercased.hasSuffix(".npz") {
      (path, format) = (file, .npz(member: name))
    } else if let colon = file.range(of: ".npz:", options: .caseInsensitive) {
      path = String(file[..<file.index(before: colon.upperBound)])
      format = .npz(member: String(file[colon.upperBound...]))
    } else {
      throw ArgumentValue.unexpected(
        file, "a file .npy, .npz, .npz:MEMBER, .pb, .png, .jpg or .jpeg")
    }
  }

  /// True if the file is an image, which becomes a tensor by way of preprocessing.
  var isImage: Bool {
    if case .image = format { true } else { false }
  }

  /// The type of the tensor in an archive, without its elements; nil for other files.
  func archivedType() throws(TesseraError) -> (elementType: ElementType, shape: Shape)? {
    guard case .npz(let member) = format else { return nil }
    return try NPZFile(path: path).type(ofTensor: member)
  }

  /// Reads the tensor in the file; nil for an image.
  func readTensor() throws(TesseraError) -> Tensor? {
    switch format {
    case .npy: try NPYFile.read(path: path)
    case .npz(let member): try NPZFile(path: path).tensor(named: member)
    case .tensorProto: try TensorProtoFile.read(path: path)
    case .image: nil
    }
  }
}
