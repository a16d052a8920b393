import KernelInterface

/// Work items of strided rows: several whole rows, or a span of one row where rows are long.
struct ItemsOfRows {
  private static let elementCount = 1 << 14

  private let rows: StridedRows
  private let rowChunks: Chunks
  private let spans: Chunks

  init(_ rows: StridedRows) {
    self.rows = rows
    rowChunks = Chunks(
      elementCount: rows.rowCount, chunkElementCount: Self.elementCount / max(1, rows.rowLength))
    spans = Chunks(elementCount: rows.rowLength, chunkElementCount: Self.elementCount)
  }

  var count: Int { rowChunks.count * spans.count }

  /// Calls `body` with a row, its offset in each operand, and the elements of it that belong to the
  /// item.
  func forEachSpan(
    ofItem item: Int,
    _ body: (_ row: Int, _ firstOffset: Int, _ secondOffset: Int, _ span: Range<Int>) -> Void
  ) {
    let (rowChunk, spanIndex) = item.quotientAndRemainder(dividingBy: spans.count)
    let span = spans.elements(ofChunk: spanIndex)
    rows.forEachRow(in: rowChunks.elements(ofChunk: rowChunk)) { row, first, second in
      body(row, first, second, span)
    }
  }
}
