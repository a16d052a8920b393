import Tensors
import TesseraImages

/// Images with the class that each one shows, in a fixed order.
package struct LabelledImages: Sendable {
  package struct Item: Sendable {
    /// What reports call the image.
    package let name: String
    /// The index of the class.
    package let label: Int
    /// Where `label` is said, for errors.
    let place: Diagnostic
  }

  /// The folder, the list or the archive, as it was given.
  package let path: String
  /// At least one.
  package let items: [Item]
  /// How many classes have a folder; nil if the data has no folders of classes.
  package let folderCount: Int?
  /// The folders of classes that hold no images.
  package let emptyFolders: [String]
  /// False for images without classes, whose labels are all 0.
  package let hasLabels: Bool
  /// The files that hold one image each; none if `path` holds all.
  package let imagePaths: [String]
  /// Decodes one image.
  package let image: @Sendable (Int, OrientationSource) throws(TesseraError) -> Image

  /// - Throws: `TesseraError` if there are no images.
  init(
    path: String, items: [Item], folderCount: Int? = nil, emptyFolders: [String] = [],
    hasLabels: Bool = true,
    imagePaths: [String] = [],
    image: @escaping @Sendable (Int, OrientationSource) throws(TesseraError) -> Image
  ) throws(TesseraError) {
    guard !items.isEmpty else {
      throw TesseraError(.invalidInput, "there are no images").inFile(path)
    }
    self.path = path
    self.items = items
    self.folderCount = folderCount
    self.emptyFolders = emptyFolders
    self.hasLabels = hasLabels
    self.imagePaths = imagePaths
    self.image = image
  }

  /// Reads which images there are: a folder of folders, a list or an `.npz`. No image is decoded.
  ///
  /// - Parameters:
  ///   - imagesRoot: what a list's paths are relative to; nil takes the list's folder.
  ///   - classNames: the class of a folder is the place of its name here; nil takes the place among
  ///     the folders.
  /// - Throws: `TesseraError` with every line or folder that is wrong.
  package static func read(
    path: String, imagesRoot: String? = nil, classNames: [String]? = nil
  ) throws(TesseraError) -> LabelledImages {
    if isFolder(path) {
      return try ClassFolders.read(path: path, classNames: classNames)
    }
    if path.lowercased().hasSuffix(".npz") { return try ImageArchive.read(path: path) }
    return try ImageList.read(path: path, root: imagesRoot ?? folder(of: path))
  }

  /// Whether `read` takes `path` for a list of paths.
  package static func isList(_ path: String) -> Bool {
    !isFolder(path) && !path.lowercased().hasSuffix(".npz")
  }

  /// As `read`, but a folder may hold images instead of folders of images; they have no labels then.
  package static func readAny(
    path: String, imagesRoot: String? = nil
  ) throws(TesseraError) -> LabelledImages {
    guard isFolder(path), try !namesInFolder(path).contains(where: { isFolder(join(path, $0)) })
    else { return try read(path: path, imagesRoot: imagesRoot) }
    return try ImageFolder.read(path: path)
  }

  /// Checks that every label is a class.
  ///
  /// - Throws: `TesseraError` with the first labels that are not, and how many there are.
  package func requireLabels(below classCount: Int) throws(TesseraError) {
    let wrong = items.filter { $0.label >= classCount }
    let problems = wrong.map { item in
      var problem = item.place
      problem.message =
        "the label of \(item.name) is \(item.label), the network has classes 0 to "
        + "\(classCount - 1)"
      return problem
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems.abridged) { throw error }
  }
}

extension [Diagnostic] {
  /// The first ten, and how many more there are: a wrong file can have as many problems as lines.
  var abridged: [Diagnostic] {
    guard count > 10 else { return self }
    return prefix(10) + [Diagnostic("and \(count - 10) more of this kind", file: self[0].file)]
  }
}
