import Foundation
import Tensors

/// The folders whose files a model may refer to: the one that its path names and, where that is a link, the
/// one of the file that it leads to, as in caches that keep all files in one folder and link to them.
struct ModelFolders {
  private let paths: [String]
  /// The same without links.
  private let roots: [String]

  init(ofModel path: String) {
    self.init([path, Self.realPath(path) ?? path].map(Self.folder))
  }

  init(_ paths: [String]) {
    self.paths = paths
    roots = paths.compactMap(Self.realPath)
  }

  /// The file at a path relative to one of the folders, without links where it exists.
  ///
  /// - Throws: `TesseraError` if the path is absolute, or if what it leads to, through all links and `..`,
  ///   lies in none of the folders.
  func file(at location: String) throws(TesseraError) -> String {
    let normal = Self.normalized(location)
    guard !location.hasPrefix("/"), !location.utf8.contains(0) else { throw Self.outside(location) }
    // A folder before `..` that does not exist is left out.
    let candidates = paths.flatMap { folder in [location, normal].map { "\(folder)/\($0)" } }
    let found = candidates.compactMap(Self.realPath)
    if let file = found.first(where: isInside) { return file }
    guard normal != "..", !normal.hasPrefix("../") else { throw Self.outside(location) }
    guard found.isEmpty else {
      throw TesseraError(
        .invalidInput, "external data '\(location)' is a link out of the model's folder")
    }
    return candidates[0]
  }

  private func isInside(_ file: String) -> Bool {
    roots.contains { file.hasPrefix($0.hasSuffix("/") ? $0 : "\($0)/") }
  }

  private static func outside(_ location: String) -> TesseraError {
    TesseraError(.invalidInput, "external data '\(location)' lies outside the model's folder")
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A relative path without `.` and, but for leading ones, `..`.
  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
