import Tensors

/// The text file that holds the records of an evaluation until it is complete: a title, the settings,
/// each after `# `, an empty line, then one line a record.
final class PartialRecords {
  /// The second word is the version of the format.
  private static let title = "tessera-evaluation 1"

  /// What the file held when it was opened.
  let records: [ImageRecord]
  private let file: AppendedFile
  /// Where each of `records` starts.
  private let byteOffsets: [Int]

  /// Starts a file; none may have its name.
  init(creating path: String, _ settings: RunSettings) throws(TesseraError) {
    file = try AppendedFile(path: path, .new)
    records = []
    byteOffsets = []
    let lines = settings.entries.map { "# \($0.name) \($0.value.escapingLineEnds)\n" }
    try file.append(Array("\(Self.title)\n\(lines.joined())\n".utf8))
  }

  /// Opens a file to go on with it. A last line without its end is dropped.
  ///
  /// - Throws: `TesseraError` if the file is missing or damaged, or made with other settings.
  init(
    resuming path: String, _ settings: RunSettings, for evaluation: Evaluation
  ) throws(TesseraError) {
    let hitCount = Tally.hitCount(
      networkCount: evaluation.networks.count, scaleCount: evaluation.settings.scales.count)
    file = try AppendedFile(path: path, .existing)
    var reader = try LineReader(path: path)
    guard reader.next() == Self.title else {
      throw TesseraError(.invalidInput, "expected a partial result of an evaluation").inFile(path)
    }
    var found = RunSettings()
    while let line = reader.next(), !line.isEmpty {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "#" else { throw reader.damage("a setting") }
      found.append(String(parts[1]), String(parts[2]).unescapingLineEnds)
    }
    if let difference = settings.difference(from: found) {
      throw TesseraError(
        .invalidUsage, "the partial result was made with \(difference): it cannot be continued"
      ).inFile(path)
    }
    var records: [ImageRecord] = []
    var byteOffsets: [Int] = []
    var offset = reader.byteOffset
    while let line = reader.next() {
      guard
        let record = ImageRecord(
          line: line[...], hitCount: hitCount, classCount: evaluation.classCount),
        record.index == records.count, record.index < evaluation.data.items.count
      else { throw reader.damage("the record of image \(records.count)") }
      records.append(record)
      byteOffsets.append(offset)
      offset = reader.byteOffset
    }
    self.records = records
    self.byteOffsets = byteOffsets
    try file.truncate(toByteCount: offset)
  }

  func append(_ record: ImageRecord) throws(TesseraError) {
    try file.append(Array("\(record.line)\n".utf8))
  }

  /// Drops all but the first `count` of `records`.
  func keep(first count: Int) throws(TesseraError) {
    if count < records.count { try file.truncate(toByteCount: byteOffsets[count]) }
  }

  func remove() throws(TesseraError) { try file.remove() }
}

/// The lines of a text file that have an end.
private struct LineReader {
  let path: String
  /// Where the next line starts.
  private(set) var byteOffset = 0
  private var lineNumber = 0
  private let file: MappedFile

  init(path: String) throws(TesseraError) {
    self.path = path
    file = try MappedFile(path: path)
  }

  /// The next line without its end; nil if there is none with an end.
  mutating func next() -> String? {
    let rest = file.bytes[byteOffset...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let line = String(decoding: file.bytes[byteOffset..<end], as: UTF8.self)
    byteOffset = end + 1
    lineNumber += 1
    return line
  }

  /// The last line is not what it should be.
  func damage(_ expected: String) -> TesseraError {
    TesseraError(
      .invalidInput, "the partial result is damaged: expected \(expected)",
      at: .line(lineNumber, column: 1)
    ).inFile(path)
  }
}
