import Tensors
import TesseraImages

/// A folder of images without classes.
enum ImageFolder {
  /// The images in ascending order of the bytes of their names. Other files are left out.
  ///
  /// - Throws: `TesseraError` if there are no images.
  static func read(path: String) throws(TesseraError) -> LabelledImages {
    let names = try namesInFolder(path).filter(hasImageName)
    let paths = names.map { join(path, $0) }
    let items = zip(names, paths).map { name, path in
      LabelledImages.Item(name: name, label: 0, place: Diagnostic("", file: path))
    }
    return try LabelledImages(path: path, items: items, hasLabels: false, imagePaths: paths) {
      (index, orientation) throws(TesseraError) in
      try Image(path: paths[index], orientation: orientation)
    }
  }
}
