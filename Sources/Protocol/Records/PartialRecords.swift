import TensorFiles
import Tensors

/// The text file that holds the records of an evaluation until it is complete: a title, the settings,
/// each after `# `, an empty line, then one line a record, which ends in a blank and a checksum.
final class PartialRecords {
  /// The second word is the version of the format.
  private static let title = "tessera-evaluation 2"

  private let file: AppendedFile
  /// Where the first record starts.
  private let headerByteCount: Int

  /// Starts a file, or opens one to go on with it.
  ///
  /// - Parameter exists: there is a file. It may be empty: its writer was killed before it wrote the settings.
  /// - Throws: `TesseraError` if the file is damaged or was made with other settings.
  init(path: String, _ settings: RunSettings, exists: Bool) throws(TesseraError) {
    file = try AppendedFile(path: path, exists ? .existing : .new)
    if file.byteCount > 0 {
      headerByteCount = try Self.checkedHeader(of: path, settings)
      return
    }
    let lines = settings.entries.map { "# \($0.name) \($0.value.escapingLineEnds)\n" }
    let header = Array("\(Self.title)\n\(lines.joined())\n".utf8)
    headerByteCount = header.count
    do throws(TesseraError) {
      try file.append(header)
    } catch {
      try? file.remove()
      throw error
    }
  }

  /// - Returns: its bytes.
  private static func checkedHeader(
    of path: String, _ settings: RunSettings
  ) throws(TesseraError) -> Int {
    var reader = try LineReader(path: path)
    guard reader.next() == title else {
      throw TesseraError(
        .invalidInput, "expected a partial result of an evaluation by this version"
      ).inFile(path)
    }
    var found = RunSettings()
    while let line = reader.next(), !line.isEmpty {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "#" else { throw reader.damage("expected a setting") }
      found.append(String(parts[1]), String(parts[2]).unescapingLineEnds)
    }
    if let difference = settings.difference(from: found) {
      throw TesseraError(
        .invalidUsage, "the partial result was made with \(difference): it cannot be continued"
      ).inFile(path)
    }
    return reader.byteOffset
  }

  /// The records that the file holds. What follows the last that is complete is dropped: a line without its
  /// end, and records whose posteriors are missing, as files are flushed to the disk in any order.
  ///
  /// - Parameter posteriors: a row float32 for each record of a classified image; nil if they are not kept.
  /// - Throws: `TesseraError` with the line of a record that is damaged, or whose posterior is.
  func restore(
    for evaluation: Evaluation, _ posteriors: Tensor?
  ) throws(TesseraError) -> [ImageRecord] {
    guard file.byteCount > headerByteCount else { return [] }
    let hitCount = Tally.hitCount(
      networkCount: evaluation.networks.count, scaleCount: evaluation.settings.scales.count)
    var reader = try LineReader(path: file.path)
    while reader.byteOffset < headerByteCount { _ = reader.next() }
    var records: [ImageRecord] = []
    var rowCount = 0
    var byteCount = reader.byteOffset
    while let line = reader.next() {
      let number = records.count
      guard let (text, checksum) = Self.divided(line),
        let record = ImageRecord(
          line: text, hitCount: hitCount, classCount: evaluation.classCount),
        record.index == number, number < evaluation.data.items.count
      else { throw reader.damage("expected the record of image \(number)") }
      var row: [Float]?
      if let posteriors, !record.isSkipped {
        guard rowCount < posteriors.shape[0] else { break }
        row = posteriors.row(rowCount)
        rowCount += 1
      }
      guard checksum == Self.checksum(text, row) else {
        throw reader.damage(
          "the record of image \(number)" + (row == nil ? "" : ", or its posterior,")
            + " does not match its checksum")
      }
      records.append(record)
      byteCount = reader.byteOffset
    }
    try file.truncate(toByteCount: byteCount)
    return records
  }

  /// - Parameter row: the posterior as it is kept beside the records; nil if it is not.
  func append(_ record: ImageRecord, row: [Float]?) throws(TesseraError) {
    let line = record.line
    try file.append(Array("\(line) \(Self.checksum(line[...], row))\n".utf8))
  }

  func remove() throws(TesseraError) { try file.remove() }

  private static func divided(_ line: String) -> (text: Substring, checksum: Substring)? {
    line.lastIndex(of: " ").map { (line[..<$0], line[line.index(after: $0)...]) }
  }

  /// CRC-32 of a record's line and of the bytes of its posterior, in 8 hexadecimal digits.
  private static func checksum(_ line: Substring, _ row: [Float]?) -> String {
    var checksum = CRC32()
    Array(line.utf8).withUnsafeBytes { checksum.update($0) }
    row?.withUnsafeBytes { checksum.update($0) }
    let digits = String(checksum.value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Tensor {
  /// Of a float32 matrix.
  fileprivate func row(_ index: Int) -> [Float] {
    withUnsafeBytes { bytes in
      let elements = bytes.bindMemory(to: Float.self)
      return Array(elements[index * shape[1]..<(index + 1) * shape[1]])
    }
  }
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
    file = try MappedFile(path: path, forUpdate: true)
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
  func damage(_ problem: String) -> TesseraError {
    TesseraError(
      .invalidInput,
      "the partial result is damaged: \(problem); without this line and all after it, it can be continued",
      at: .line(lineNumber, column: 1)
    ).inFile(path)
  }
}
