import KernelInterface
import KernelVectors

/// A product with a block of columns in a workspace:
/// `output(r, c) += scale · Σ_k left(r, k) · columns(k, c)`.
///
/// The sum is formed from zero in the order of `k`, scaled, then added; in the first block of a product
/// it is stored instead. All strides are in elements.
struct ColumnPanelProduct {
  var left: UnsafePointer<Float>
  let leftRowStride: Int
  let leftColumnStride: Int
  let layout: ColumnPanels
  /// In the order of `layout`; behind the panels, room for the sums of a register tile.
  let panels: UnsafeMutablePointer<Float>
  var output: UnsafeMutablePointer<Float>
  let outputRowStride: Int
  let scale: Float
  let isFirst: Bool

  func compute(rowCount: Int) {
    let tiles = EvenSplit(total: rowCount, maximumSize: ColumnPanels.tileRowCount)
    var product = self
    for tile in 0..<tiles.partCount {
      let size = tiles[tile].count
      product.computePanels(rowCount: size)
      product.left += size * leftRowStride
      product.output += size * outputRowStride
    }
  }

  private func computePanels(rowCount: Int) {
    switch rowCount {
    case 1: PanelTile<1>.compute(self)
    case 2: PanelTile<2>.compute(self)
    case 3: PanelTile<3>.compute(self)
    case 4: PanelTile<4>.compute(self)
    case 5: PanelTile<5>.compute(self)
    default: PanelTile<6>.compute(self)
    }
  }

  /// Adds the sums of a register tile to the output, or stores them.
  fileprivate func finish(_ sums: UnsafePointer<Float>, rowCount: Int, panel: Int) {
    let first: Int = panel * ColumnPanels.width
    let columnCount = min(ColumnPanels.width, layout.columnCount - first)
    for row in 0..<rowCount {
      let source = sums + row * ColumnPanels.width
      let target = output + row * outputRowStride + first
      for column in 0..<columnCount {
        let sum = scale * source[column]
        target[column] = isFirst ? sum : target[column] + sum
      }
    }
  }
}

/// The sums of one row of a panel.
private struct PanelSums {
  var first = Vector.zero
  var second = Vector.zero

  @inline(__always)
  mutating func add(_ x: Float, _ columns: (Vector, Vector)) {
    let x = Vector(repeating: x)
    first = Arithmetic.multiplyAdd(x, columns.0, first)
    second = Arithmetic.multiplyAdd(x, columns.1, second)
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>) {
    target.store(first, at: 0)
    target.store(second, at: Vector.scalarCount)
  }
}

/// A register tile of `rows` × 16. The sums are named one by one for the reason that `ConvTile` gives.
private struct PanelTile<let rows: Int> {
  private var sums0 = PanelSums()
  private var sums1 = PanelSums()
  private var sums2 = PanelSums()
  private var sums3 = PanelSums()
  private var sums4 = PanelSums()
  private var sums5 = PanelSums()

  static func compute(_ product: ColumnPanelProduct) {
    let layout = product.layout
    let sums = product.panels + layout.panelCount * layout.panelStride
    var columns = UnsafePointer(product.panels)
    for panel in 0..<layout.panelCount {
      var tile = Self()
      tile.accumulate(product, columns)
      tile.store(sums)
      product.finish(sums, rowCount: rows, panel: panel)
      columns += layout.panelStride
    }
  }

  @inline(__always)
  private mutating func accumulate(
    _ product: ColumnPanelProduct, _ columns: UnsafePointer<Float>
  ) {
    let (rowStride, columnStride) = (product.leftRowStride, product.leftColumnStride)
    var left = product.left
    var columns = columns
    var remaining = product.layout.rowCount
    while remaining > 0 {
      let c = (columns.vector(at: 0), columns.vector(at: Vector.scalarCount))
      sums0.add(left[0], c)
      if rows > 1 { sums1.add(left[rowStride], c) }
      if rows > 2 { sums2.add(left[2 &* rowStride], c) }
      if rows > 3 { sums3.add(left[3 &* rowStride], c) }
      if rows > 4 { sums4.add(left[4 &* rowStride], c) }
      if rows > 5 { sums5.add(left[5 &* rowStride], c) }
      left += columnStride
      columns += ColumnPanels.width
      remaining &-= 1
    }
  }

  @inline(__always)
  private func store(_ target: UnsafeMutablePointer<Float>) {
    let width = ColumnPanels.width
    sums0.store(target)
    if rows > 1 { sums1.store(target + width) }
    if rows > 2 { sums2.store(target + 2 &* width) }
    if rows > 3 { sums3.store(target + 3 &* width) }
    if rows > 4 { sums4.store(target + 4 &* width) }
    if rows > 5 { sums5.store(target + 5 &* width) }
  }
}
