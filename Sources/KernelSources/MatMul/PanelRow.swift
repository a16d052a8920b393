import KernelInterface

/// One row of a block of columns in the workspace.
struct PanelRow {
  private let base: UnsafeMutablePointer<Float>
  private let layout: ColumnPanels

  init(_ panels: UnsafeMutablePointer<Float>, _ layout: ColumnPanels, row: Int) {
    base = panels + row * ColumnPanels.width
    self.layout = layout
  }

  subscript(column: Int) -> Float {
    @inline(__always) get { base[offset(column)] }
    @inline(__always) nonmutating set { base[offset(column)] = newValue }
  }

  /// Zeros behind the last column, up to the end of its panel.
  func fillTail() {
    for column in layout.columnCount..<layout.panelCount * ColumnPanels.width { self[column] = 0 }
  }

  @inline(__always)
  private func offset(_ column: Int) -> Int {
    let (panel, lane) = column.quotientAndRemainder(dividingBy: ColumnPanels.width)
    return panel &* layout.panelStride &+ lane
  }
}
