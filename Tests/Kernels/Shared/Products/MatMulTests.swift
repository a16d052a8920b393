import CPUKernels
import KernelInterface
import TestSupport
import Testing

struct MatMulTests {
  /// Tiles of 1 to 6 rows and of all widths, more than one tile, more than one block of the depth.
  @Test(
    arguments: [
      (1, 1, 1), (3, 5, 7), (200, 3, 9), (5, 193, 2), (4, 4, 0), (7, 17, 257), (98, 16, 520),
    ], 0..<16)
  func multiplies(shape: (m: Int, n: Int, k: Int), flags: Int) throws {
    try check(shape, flags: flags)
  }

  /// Many small items at the same time share nothing.
  @Test func multipliesManySmallMatrices() throws {
    try check((5, 6, 7), flags: 0, batch: 500)
  }

  /// Tails of all widths, right rows that are read where they lie, more than one block of the depth and more
  /// than one tile of left rows.
  @Test(arguments: [(1, 531, 513), (5, 253, 1043), (33, 517, 511), (15, 16, 16_400)], 0..<4)
  func multipliesFewRowsByALargeMatrix(shape: (m: Int, n: Int, k: Int), flags: Int) throws {
    try check(shape, flags: flags, batch: 1)
  }

  private func check(_ shape: (m: Int, n: Int, k: Int), flags: Int, batch: Int = 2) throws {
    var generator = SeededGenerator(seed: 1)
    let (m, n, k) = shape
    var product = MatMulDescriptor()
    (product.batch, product.m, product.n, product.k) = (batch, m, n, k)
    (product.transposesLeft, product.transposesRight) = (flags & 1 != 0, flags & 2 != 0)
    (product.sharesLeft, product.sharesRight) = (flags & 4 != 0, flags & 8 != 0)
    product.alpha = 0.5
    let left = randomFloats((product.sharesLeft ? 1 : batch) * m * k, &generator)
    let right = randomFloats((product.sharesRight ? 1 : batch) * k * n, &generator)
    var expected: [BoundedValue] = []
    for matrix in 0..<batch {
      let leftBase = product.sharesLeft ? 0 : matrix * m * k
      let rightBase = product.sharesRight ? 0 : matrix * k * n
      for row in 0..<m {
        for column in 0..<n {
          let products = (0..<k).map { index in
            0.5
              * Double(
                left[leftBase + (product.transposesLeft ? index * m + row : row * k + index)])
              * Double(
                right[
                  rightBase + (product.transposesRight ? column * k + index : index * n + column)])
          }
          expected.append(
            BoundedValue.sum(
              products.reduce(0, +), ofMagnitudes: products.map(abs).reduce(0, +), termCount: k + 1)
          )
        }
      }
    }
    try KernelHarness.expectClose(
      product, reading: [GuardedBuffer(left), GuardedBuffer(right)], expected)
  }
}
