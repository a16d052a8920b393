/// Rows of cells in aligned columns under a line of titles.
struct TextTable {
  struct Column {
    let title: String
    var isNumeric = false

    /// A column of text, aligned to the left.
    static func text(_ title: String) -> Column { Column(title: title) }

    /// A column of numbers, aligned to the right.
    static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Appends a row; cells that are missing stay empty.
  mutating func append(_ cells: [String]) {
    rows.append(cells.map(\.withoutControlCharacters))
  }

  /// The table, every line ended.
  var text: String {
    let lines = [columns.map(\.title)] + rows
    let widths = columns.indices.map { column in
      lines.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return lines.map { cells in
      let parts = zip(columns, widths).enumerated().map { index, column in
        let cell = cells.indices.contains(index) ? cells[index] : ""
        return column.0.isNumeric ? cell.leftPadded(to: column.1) : cell.padded(to: column.1)
      }
      var line = parts.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
