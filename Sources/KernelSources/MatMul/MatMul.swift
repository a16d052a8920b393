import KernelInterface
import KernelVectors

/// Batched matrix product; the contract is `MatMulDescriptor`'s, the split into items `MatMulTiling`'s.
struct MatMul {
  private let product: MatMulDescriptor
  private let tiling: MatMulTiling
  private let left: UnsafePointer<Float>
  private let right: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(MatMulDescriptor.self) { product, operands in
    let call = MatMul(product, operands)
    let (rows, columns) = (call.tiling.rows, call.tiling.columns)
    return [
      WorkPhase(itemCount: product.batch * rows.partCount * columns.partCount) {
        call.compute(item: $0, workspace: $1.assumingMemoryBound(to: Float.self))
      }
    ]
  }

  private init(_ product: MatMulDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.product = product
    tiling = MatMulTiling(product)
    left = operands.constantFloats(0)
    right = operands.constantFloats(1)
    output = operands.floats(2)
  }

  private func compute(item: Int, workspace: UnsafeMutablePointer<Float>) {
    let (slot, columnTile) = item.quotientAndRemainder(dividingBy: tiling.columns.partCount)
    let (matrix, rowTile) = slot.quotientAndRemainder(dividingBy: tiling.rows.partCount)
    let (m, n, k) = (product.m, product.n, product.k)
    let (rows, columns) = (tiling.rows[rowTile], tiling.columns[columnTile])
    let target = output + (matrix * m + rows.lowerBound) * n + columns.lowerBound
    guard k > 0 else {
      for row in 0..<rows.count { (target + row * n).fillZero(count: columns.count) }
      return
    }
    let (leftRowStride, leftColumnStride) = product.transposesLeft ? (1, m) : (k, 1)
    let leftRows =
      left + (product.sharesLeft ? 0 : matrix * m * k) + rows.lowerBound * leftRowStride
    for first in stride(from: 0, to: k, by: ColumnPanels.maximumRowCount) {
      let depth = first..<min(k, first + ColumnPanels.maximumRowCount)
      let layout = ColumnPanels(rowCount: depth.count, columnCount: columns.count)
      pack(matrix: matrix, depth: depth, columns: columns, layout, into: workspace)
      ColumnPanelProduct(
        left: leftRows + first * leftColumnStride, leftRowStride: leftRowStride,
        leftColumnStride: leftColumnStride, layout: layout, panels: workspace, output: target,
        outputRowStride: n, scale: product.alpha, isFirst: first == 0
      ).compute(rowCount: rows.count)
    }
  }

  private func pack(
    matrix: Int, depth: Range<Int>, columns: Range<Int>, _ layout: ColumnPanels,
    into panels: UnsafeMutablePointer<Float>
  ) {
    let (n, k) = (product.n, product.k)
    let (rowStride, columnStride) = product.transposesRight ? (1, k) : (n, 1)
    let source =
      right + (product.sharesRight ? 0 : matrix * k * n) + columns.lowerBound * columnStride
    for index in depth {
      let target = PanelRow(panels, layout, row: index - depth.lowerBound)
      let row = source + index * rowStride
      for column in 0..<columns.count { target[column] = row[column * columnStride] }
      target.fillTail()
    }
  }
}
