import Evaluation
import Tensors
import Tessera

/// The options that say which images a command works through.
enum DataArguments {
  static let data = Option(
    "data", "DATA", isRequired: true, completion: .anyFile,
    help: "A folder of folders of images, a list of lines PATH LABEL, or an .npz")
  static let imagesRoot = Option(
    "images-root", "DIR", completion: .folder,
    help: "The folder of a list's paths (default: the folder of the list)")
  static let strict = Flag("strict", help: "Fail at the first image that cannot be read")

  static let declarations = [data.declaration, imagesRoot.declaration, strict.declaration]

  /// The data of the command line as `read` finds them.
  ///
  /// - Throws: `invalidUsage` if a root of images is given for data without paths, or if an image is an output.
  static func read(
    _ arguments: ParsedArguments,
    by read: (_ path: String, _ root: String?) throws(TesseraError) -> LabelledImages
  ) throws(TesseraError) -> LabelledImages {
    let path = arguments[data] ?? ""
    guard arguments[imagesRoot] == nil || LabelledImages.isList(path) else {
      throw TesseraError(
        .invalidUsage, "option '--images-root' is for a list of images, this is none"
      ).inFile(path)
    }
    let images = try read(path, arguments[imagesRoot])
    try FileLedger.current?.enterInputs(paths: images.imagePaths)
    return images
  }
}

extension WeightSource {
  /// What decides the weights, as far as it can be told without reading them.
  func identity() throws(TesseraError) -> String {
    switch self {
    case .file(let path, let map):
      try ([path] + [map].compactMap { $0 }).map { (path) throws(TesseraError) in
        "\(path), \(try MappedFile(path: path).bytes.count) bytes"
      }.joined(separator: ", ")
    case .random(let seed, let distribution): "random:\(seed),\(distribution)"
    }
  }
}
