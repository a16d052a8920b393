import Tensors

/// The table of predictions: CSV as in RFC 4180, but with line feeds, one line an image that was
/// classified.
enum Predictions {
  /// - Returns: the file, complete but for its name.
  static func stage(
    _ records: [ImageRecord], of data: LabelledImages, for path: String
  ) throws(TesseraError) -> AtomicFile {
    let file = try AtomicFile(path: path)
    let numbers = 1...Ranking.topCount
    let columns =
      ["image", "label"] + numbers.map { "top\($0)" } + numbers.map { "p\($0)" }
    try file.write(columns.joined(separator: ",") + "\n")
    for record in records {
      guard case .classified(_, let top) = record.outcome else { continue }
      let item = data.items[record.index]
      // With fewer than five classes the last places stay empty.
      let empty = Array(repeating: "", count: Ranking.topCount - top.count)
      let cells =
        [item.name.csvCell, String(item.label)] + top.map { String($0.classIndex) } + empty
        + top.map { "\($0.posterior)" } + empty
      try file.write(cells.joined(separator: ",") + "\n")
    }
    try file.flush()
    return file
  }
}

extension String {
  /// In quotes where the text holds what divides cells or lines.
  fileprivate var csvCell: String {
    let isPlain = utf8.allSatisfy { byte in
      ![UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        .contains(byte)
    }
    guard !isPlain else { return self }
    return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
