import Foundation
import Tessera

/// The names of classes, one a line of a text file.
enum Labels {
  static let option = Option(
    "labels", "FILE", completion: .anyFile,
    help: "The names of the classes, one a line, in the order of the outputs")

  /// Reads the file; an empty last line is none.
  static func read(path: String) throws(TesseraError) -> [String] {
    let file = try MappedFile(
      textPath: path, maximumByteCount: TextFileLimit.labels, as: .labels)
    guard let text = String(validating: file.bytes.withoutByteOrderMark, as: UTF8.self) else {
      throw TesseraError(.invalidInput, "the labels are not UTF-8").inFile(path)
    }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
