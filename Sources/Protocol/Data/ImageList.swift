import Tensors
import TesseraImages

/// A text file with one image a line: `PATH LABEL`, split at the last blank. Empty lines are skipped.
enum ImageList {
  /// - Parameter root: the folder that the paths are relative to.
  /// - Throws: `TesseraError` with the line of everything that is wrong.
  static func read(path: String, root: String) throws(TesseraError) -> LabelledImages {
    let file = try MappedFile(
      textPath: path, maximumByteCount: TextFileLimit.imageList, as: .imageList)
    var items: [LabelledImages.Item] = []
    var problems: [Diagnostic] = []
    for (index, bytes) in file.bytes.withoutByteOrderMark.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      let place = Diagnostic("", file: path, at: .line(index + 1, column: 1))
      guard let text = String(validating: bytes, as: UTF8.self) else {
        problems.append(Diagnostic("the line is not UTF-8", file: path, at: place.location))
        continue
      }
      let line = text.trimmingTrailingBlanks
      guard !line.isEmpty else { continue }
      guard let item = item(line, place) else {
        problems.append(
          Diagnostic("expected PATH LABEL, found '\(line)'", file: path, at: place.location))
        continue
      }
      items.append(item)
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems.abridged) { throw error }
    let paths = items.map { join(root, $0.name) }
    return try LabelledImages(path: path, items: items, imagePaths: paths) {
      (index, orientation) throws(TesseraError) in
      try Image(path: paths[index], orientation: orientation)
    }
  }

  /// The item of a line; nil if the line has no label or no path.
  private static func item(_ line: Substring, _ place: Diagnostic) -> LabelledImages.Item? {
    guard let blank = line.lastIndex(where: \.isBlank) else { return nil }
    let digits = line[line.index(after: blank)...]
    let name = line[..<blank].trimmingTrailingBlanks
    guard !name.isEmpty, let label = Int(digits), label >= 0,
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return LabelledImages.Item(name: String(name), label: label, place: place)
  }
}

extension Character {
  /// A space, a tab or the carriage return of a line's end.
  fileprivate var isBlank: Bool { self == " " || self == "\t" || self == "\r" }
}

extension StringProtocol where SubSequence == Substring {
  fileprivate var trimmingTrailingBlanks: Substring {
    var rest = self[...]
    while rest.last?.isBlank == true { rest.removeLast() }
    return rest
  }
}
