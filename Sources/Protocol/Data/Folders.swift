import Foundation
import Tensors

/// Whether there is a folder at `path`.
package func isFolder(_ path: String) -> Bool {
  var isDirectory: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    && isDirectory.boolValue
}

/// The names in a folder in ascending order of their bytes, hidden ones left out.
func namesInFolder(_ path: String) throws(TesseraError) -> [String] {
  let names: [String]
  do {
    names = try FileManager.default.contentsOfDirectory(atPath: path)
  } catch {
    throw TesseraError(
      .systemFailure, "cannot list the folder: \(error.localizedDescription)"
    ).inFile(path)
  }
  return names.filter { !$0.hasPrefix(".") }
    .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The paths of the images in a folder, in ascending order of the bytes of their names.
///
/// - Throws: `TesseraError` if there are none.
package func imagesInFolder(_ path: String) throws(TesseraError) -> [String] {
  let names = try namesInFolder(path).filter(hasImageName)
  guard !names.isEmpty else {
    throw TesseraError(.invalidInput, "there are no images").inFile(path)
  }
  return names.map { join(path, $0) }
}

/// Whether a file's name ends as those of images do.
func hasImageName(_ name: String) -> Bool {
  [".png", ".jpg", ".jpeg"].contains(where: name.lowercased().hasSuffix)
}

/// The folder that holds `path`.
func folder(of path: String) -> String {
  path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
}

/// `name` in `folder`, unless it is absolute.
func join(_ folder: String, _ name: String) -> String {
  if name.hasPrefix("/") || folder == "." { return name }
  return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}
