import KernelInterface
import Testing

/// The transforms as matrices, in exact arithmetic.
struct WinogradMatricesTests {
  /// A bilinear map is right if it is right on all pairs of basis vectors.
  @Test(arguments: WinogradShape.all)
  func computesTheCorrelationExactly(shape: WinogradShape) {
    let axis = shape.transformedAxis
    let matrices = WinogradMatrices(axis)
    for tap in 0..<axis.kernelExtent {
      for position in 0..<axis.inputExtent {
        for result in 0..<axis.outputExtent {
          let sum = (0..<axis.inputExtent).reduce(Rational(0, 1)) { sum, point in
            sum + matrices.output[result][point] * matrices.filter[point][tap]
              * matrices.input[point][position]
          }
          #expect(sum == (position == result + tap ? 1 : 0))
        }
      }
    }
  }

  /// The kernels multiply by these numbers, the error bounds of the tests take them as exact.
  @Test(arguments: WinogradShape.all)
  func inputAndOutputTransformsAreExactInFloat32(shape: WinogradShape) {
    let matrices = WinogradMatrices(shape.transformedAxis)
    for entry in (matrices.input + matrices.output).joined() {
      #expect(Double(Float(entry.doubleValue)) == entry.doubleValue)
      #expect(entry.denominator & (entry.denominator - 1) == 0)
    }
  }

  @Test func shapes() {
    func extents(_ tile: WinogradTile, _ height: Int, _ width: Int) -> [Int]? {
      WinogradShape(tile, kernelHeight: height, kernelWidth: width).map {
        [$0.rows.outputExtent, $0.columns.outputExtent, $0.pointCount]
      }
    }
    #expect(extents(.six, 3, 3) == [6, 6, 64])
    #expect(extents(.six, 5, 5) == [4, 4, 64])
    #expect(extents(.six, 7, 7) == [2, 2, 64])
    #expect(extents(.six, 1, 7) == [1, 4, 10])
    #expect(extents(.six, 7, 1) == [4, 1, 10])
    #expect(extents(.four, 1, 5) == [1, 2, 6])
    #expect(extents(.two, 3, 1) == [2, 1, 4])
    #expect(extents(.four, 1, 7) == nil)
    #expect(extents(.two, 5, 5) == nil)
    for (height, width) in [(1, 1), (3, 5), (2, 2), (9, 9), (1, 9), (0, 3)] {
      #expect(extents(.six, height, width) == nil)
    }
  }

  @Test func fractionsAreInLowestTerms() {
    #expect(Rational(6, -8) == Rational(-3, 4))
    #expect(Rational(0, -5) == 0)
    #expect(Rational(1, 3) + Rational(1, 6) == Rational(1, 2))
    #expect(Rational(2, 3) * Rational(3, 4) / Rational(-1, 2) == -1)
    #expect(Rational(1, 2) - Rational(3, 4) == -Rational(1, 4))
  }
}
