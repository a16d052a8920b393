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
    if let narrow = NarrowProductTiling(product) {
      let partCount = narrow.columns.partCount
      return [
        WorkPhase(itemCount: product.batch * partCount) { item, _ in
          let (matrix, part) = item.quotientAndRemainder(dividingBy: partCount)
          call.compute(matrix: matrix, columns: narrow.columns[part])
        }
      ]
    }
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

  /// Columns of a product with few left rows.
  private func compute(matrix: Int, columns: Range<Int>) {
    let (m, n, k) = (product.m, product.n, product.k)
    let left = left + (product.sharesLeft ? 0 : matrix * m * k)
    let right = right + (product.sharesRight ? 0 : matrix * k * n)
    let output = output + matrix * m * n
    if product.transposesRight {
      NarrowDots(
        left: left, rowCount: m, right: right, depth: k, columnCount: n, scale: product.alpha,
        output: output
      ).compute(columns: columns)
    } else {
      let rows = StridedMatrix(
        base: left, rowStride: product.transposesLeft ? 1 : k,
        columnStride: product.transposesLeft ? m : 1)
      NarrowProduct(
        left: rows, rowCount: m, right: right, depth: k, columnCount: n, scale: product.alpha,
        output: output
      ).compute(columns: columns)
    }
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
    let leftRows = StridedMatrix(
      base: left + (product.sharesLeft ? 0 : matrix * m * k),
      rowStride: product.transposesLeft ? 1 : k, columnStride: product.transposesLeft ? m : 1
    ).dropping(rows: rows.lowerBound, columns: 0)
    let rightColumns = StridedMatrix(
      base: right + (product.sharesRight ? 0 : matrix * k * n),
      rowStride: product.transposesRight ? 1 : n, columnStride: product.transposesRight ? k : 1
    ).dropping(rows: 0, columns: columns.lowerBound)
    let blocks = ColumnPanels.depthBlocks(k)
    for block in 0..<blocks.partCount {
      let depth = blocks[block]
      let panels = ColumnPanelProduct(
        layout: ColumnPanels(depth: depth.count, columnCount: columns.count),
        workspace: workspace)
      panels.pack(
        rows: 0..<depth.count, of: rightColumns.dropping(rows: depth.lowerBound, columns: 0))
      panels.multiply(
        leftRows.dropping(rows: 0, columns: depth.lowerBound), rowCount: rows.count,
        scale: product.alpha, isFirst: block == 0, into: target, outputRowStride: n)
    }
  }
}
