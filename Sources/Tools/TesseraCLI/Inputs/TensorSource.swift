import Evaluation
import Foundation
import Frontend
import TensorFiles
import Tessera
import TesseraImages

/// A file that holds one input, or a part of its batch, as `--input NAME=FILE` names it.
struct TensorSource: Sendable {
  static let option = Option<TensorSource>(
    "input", "NAME=FILE", isRepeatable: true,
    completion: ValueCompletion(
      files: .endings(["npy", "npz", "pb", "png", "jpg", "jpeg"]), followsName: true),
    help:
      "Read an input from .npy, .npz, .npz:MEMBER, .pb (ONNX TensorProto), PNG, JPEG or folders of these"
  ) { (text) throws(TesseraError) in try TensorSource(argument: text) }

  /// The input's name.
  let name: String
  let path: String
  private let format: Format
  private let argument: String

  private enum Format: Sendable {
    case npy, tensorProto, image, folder
    /// The array of this name in an archive.
    case npz(member: String)

    /// The format of what a pipe gives, by its first bytes; nil if there is no pipe of this name.
    init?(ofPipe path: String, input: String) throws(TesseraError) {
      guard path == "-" || path.hasPrefix("/dev/") || path.hasPrefix("/proc/") else { return nil }
      let file = try MappedFile(path: path)
      guard file.isPipe else { return nil }
      switch FileKind.home(of: file.bytes) {
      case .some(let home) where home.contains(.npy): self = .npy
      case .some(let home) where home.contains(.npz): self = .npz(member: input)
      case .some(let home) where home.contains(.image): self = .image
      default: self = .tensorProto
      }
    }
  }

  private static let formats: [(suffixes: [String], format: Format)] = [
    ([".npy"], .npy), ([".pb"], .tensorProto), ([".png", ".jpg", ".jpeg"], .image),
  ]

  /// Splits `NAME=FILE` at its first `=`; `resolved` knows better.
  init(argument: String) throws(TesseraError) {
    guard let separator = argument.dropFirst().firstIndex(of: "="),
      argument.last != "="
    else { throw ArgumentValue.unexpected(argument, "NAME=FILE") }
    try self.init(argument, separator)
  }

  /// The same argument split where its left part is the longest that names an input: names and paths may hold
  /// a `=`.
  func resolved(for names: [String]) throws(TesseraError) -> TensorSource {
    let separator = argument.indices.last { index in
      argument[index] == "=" && names.contains(String(argument[..<index]))
    }
    guard let separator, argument[..<separator].count != name.count else { return self }
    return try TensorSource(argument, separator)
  }

  private init(_ argument: String, _ separator: String.Index) throws(TesseraError) {
    self.argument = argument
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
    } else if let known = try Format(ofPipe: file, input: name) {
      (path, format) = (file, known)
    } else if isFolder(file) || file.contains("=") {
      (path, format) = (file, .folder)
    } else {
      throw ArgumentValue.unexpected(
        file, "a folder or a file .npy, .npz, .npz:MEMBER, .pb, .png, .jpg or .jpeg")
    }
  }

  /// The image files that it names, in order, an image or those of a folder; nil if it holds a tensor.
  func imagePaths() throws(TesseraError) -> [String]? {
    switch format {
    case .image: [path]
    case .folder: try imagesInFolder(path)
    default: nil
    }
  }

  /// True for images, which become a tensor by way of preprocessing.
  var isImage: Bool {
    switch format {
    case .image, .folder: true
    default: false
    }
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
    case .image, .folder: nil
    }
  }
}
