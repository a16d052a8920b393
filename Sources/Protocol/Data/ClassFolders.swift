import Tensors
import TesseraImages

/// A folder with one folder of images for each class.
enum ClassFolders {
  /// Classes and the images of a class come in ascending order of the bytes of their names. Other
  /// files are left out.
  ///
  /// - Parameter classNames: see `LabelledImages.read`.
  /// - Throws: `TesseraError` if there are no folders or no images, or for every folder that is none
  ///   of `classNames`.
  static func read(
    path: String, classNames: [String]?
  ) throws(TesseraError) -> LabelledImages {
    let folders = try namesInFolder(path).filter { isFolder(join(path, $0)) }
    guard !folders.isEmpty else {
      throw TesseraError(.invalidInput, "expected a folder for each class, found none")
        .inFile(path)
    }
    var items: [LabelledImages.Item] = []
    var problems: [Diagnostic] = []
    var emptyFolders: [String] = []
    for (position, folder) in folders.enumerated() {
      let place = Diagnostic("", file: join(path, folder))
      var label = position
      if let classNames {
        let indices = classNames.indices.filter { classNames[$0] == folder }
        guard indices.count == 1 else {
          let found = indices.isEmpty ? "no class" : "\(indices.count) classes"
          problems.append(
            Diagnostic("the labels have \(found) '\(folder)'", file: place.file))
          continue
        }
        label = indices[0]
      }
      let names = try namesInFolder(join(path, folder)).filter(hasImageName)
      if names.isEmpty { emptyFolders.append(join(path, folder)) }
      for name in names {
        items.append(LabelledImages.Item(name: "\(folder)/\(name)", label: label, place: place))
      }
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems.abridged) { throw error }
    let paths = items.map { join(path, $0.name) }
    return try LabelledImages(
      path: path, items: items, folderCount: folders.count, emptyFolders: emptyFolders,
      imagePaths: paths
    ) { (index, orientation) throws(TesseraError) in
      try Image(path: paths[index], orientation: orientation)
    }
  }
}
