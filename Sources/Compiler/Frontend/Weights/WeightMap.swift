import GraphIR
import Tensors

/// Which entry of a weight file each graph input takes, and how its axes lie.
struct WeightMap: Sendable {
  struct Row: Sendable {
    /// The name of the graph input.
    let input: String
    /// The name of the entry.
    let entry: String
    let layout: WeightLayout
  }

  /// No input twice.
  let rows: [Row]

  /// Reads a text of lines `INPUT ENTRY [LAYOUT]` with blanks between; see `Docs/exports.md`.
  ///
  /// - Throws: `TesseraError` with the line of everything that is wrong.
  init(path: String) throws(TesseraError) {
    let file = try MappedFile(
      textPath: path, maximumByteCount: TextFileLimit.weightMap, as: .weightMap)
    guard let text = String(validating: file.bytes.withoutByteOrderMark, as: UTF8.self) else {
      throw TesseraError(.invalidInput, "the text is not UTF-8").inFile(path)
    }
    do throws(TesseraError) {
      try self.init(text: text)
    } catch { throw error.inFile(path) }
    guard !rows.isEmpty else {
      throw TesseraError(.invalidInput, "expected lines INPUT ENTRY [LAYOUT], found none")
        .inFile(path)
    }
  }

  /// Parses such a text. `#` starts a comment.
  init(text: String) throws(TesseraError) {
    var rows: [Row] = []
    var inputs: Set<String> = []
    var problems: [Diagnostic] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      guard !words.isEmpty else { continue }
      let layout = words.count == 3 ? WeightLayout(text: words[2]) : .unchanged
      if words.count == 2 || words.count == 3, let layout {
        if inputs.insert(words[0]).inserted {
          rows.append(Row(input: words[0], entry: words[1], layout: layout))
          continue
        }
        problems.append(
          Diagnostic("the input '\(words[0])' is given twice", at: .line(index + 1, column: 1)))
      } else {
        problems.append(
          Diagnostic(
            "expected INPUT ENTRY and at most a layout HWIO, IO or 7x7xIO, found '\(line)'",
            at: .line(index + 1, column: 1)))
      }
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
    self.rows = rows
  }

  init(rows: [Row]) {
    self.rows = rows
  }

  /// The map for the names of a file: none if an input has an entry of its own name, else the first of
  /// `WeightNames` that has an entry for each of these inputs and for no other.
  ///
  /// - Parameter inputs: the weight inputs of a graph.
  static func fitting(_ inputs: Set<String>, _ names: WeightEntryNames) -> WeightMap {
    guard inputs.allSatisfy({ names[$0] == nil }) else { return WeightMap(rows: []) }
    return WeightNames.maps.first { map in
      map.rows.count == inputs.count
        && map.rows.allSatisfy { inputs.contains($0.input) && names[$0.entry] != nil }
    } ?? WeightMap(rows: [])
  }

  /// - Throws: `TesseraError` with every row whose input the graph or whose entry the file at `path` has not.
  func requireNames(
    in graph: Graph, _ file: WeightFile, path: String
  ) throws(TesseraError) {
    let inputs = Set(graph.inputs + graph.defaults)
    let names = WeightEntryNames(file.names)
    var problems: [Diagnostic] = []
    for row in rows {
      if !inputs.contains(row.input) {
        problems.append(Diagnostic("the model has no such input", at: .value(row.input)))
      }
      if names[row.entry] == nil {
        problems.append(
          Diagnostic("'\(path)' has no entry '\(row.entry)'", at: .value(row.input)))
      }
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
  }
}
