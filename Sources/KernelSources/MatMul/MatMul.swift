import COpenBLAS
import KernelInterface
import KernelVectors

/// Batched matrix product; the contract is `MatMulDescriptor`'s. An item is a tile of one product.
struct MatMul {
  /// Rows and columns of a tile: enough for OpenBLAS to reuse what it packs, few enough to feed several
  /// threads. To tune it, time `tessera bench` on a model with run-time products.
  private static let tileExtent = 192

  private let product: MatMulDescriptor
  private let rowTileCount: Int
  private let columnTileCount: Int
  private let left: UnsafePointer<Float>
  private let right: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(MatMulDescriptor.self) { product, operands in
    let call = MatMul(product, operands)
    return [
      WorkPhase(itemCount: product.batch * call.rowTileCount * call.columnTileCount) { item, _ in
        call.compute(item: item)
      }
    ]
  }

  private init(_ product: MatMulDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.product = product
    rowTileCount = ceilingQuotient(product.m, Self.tileExtent)
    columnTileCount = ceilingQuotient(product.n, Self.tileExtent)
    left = operands.constantFloats(0)
    right = operands.constantFloats(1)
    output = operands.floats(2)
  }

  private func compute(item: Int) {
    let (slot, columnTile) = item.quotientAndRemainder(dividingBy: columnTileCount)
    let (matrix, rowTile) = slot.quotientAndRemainder(dividingBy: rowTileCount)
    let (m, n, k) = (product.m, product.n, product.k)
    let row: Int = rowTile * Self.tileExtent
    let column: Int = columnTile * Self.tileExtent
    let rowCount = min(Self.tileExtent, m - row)
    let columnCount = min(Self.tileExtent, n - column)
    let target = output + (matrix * m + row) * n + column
    guard k > 0 else {
      for index in 0..<rowCount { (target + index * n).fillZero(count: columnCount) }
      return
    }
    let leftMatrix = left + (product.sharesLeft ? 0 : matrix * m * k)
    let rightMatrix = right + (product.sharesRight ? 0 : matrix * k * n)
    cblas_sgemm(
      CblasRowMajor, product.transposesLeft ? CblasTrans : CblasNoTrans,
      product.transposesRight ? CblasTrans : CblasNoTrans,
      Int32(rowCount), Int32(columnCount), Int32(k), product.alpha,
      leftMatrix + (product.transposesLeft ? row : row * k), Int32(product.transposesLeft ? m : k),
      rightMatrix + (product.transposesRight ? column * k : column),
      Int32(product.transposesRight ? k : n), 0, target, Int32(n))
  }
}
