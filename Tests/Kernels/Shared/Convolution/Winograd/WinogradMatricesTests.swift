import KernelInterface
import Testing

/// The transforms as matrices, in exact arithmetic.
struct WinogradMatricesTests {
  /// A bilinear map is right if it is right on all pairs of basis vectors.
  @Test(arguments: WinogradTile.allCases)
  func computesTheCorrelationExactly(tile: WinogradTile) {
    let matrices = WinogradMatrices(tile)
    for tap in 0..<3 {
      for position in 0..<tile.inputExtent {
        for result in 0..<tile.outputExtent {
          let sum = (0..<tile.inputExtent).reduce(Rational(0, 1)) { sum, point in
            sum + matrices.output[result][point] * matrices.filter[point][tap]
              * matrices.input[point][position]
          }
          #expect(sum == (position == result + tap ? 1 : 0))
        }
      }
    }
  }

  /// The kernels multiply by these numbers, the error bounds of the tests take them as exact.
  @Test(arguments: WinogradTile.allCases)
  func inputAndOutputTransformsAreExactInFloat32(tile: WinogradTile) {
    let matrices = WinogradMatrices(tile)
    for entry in (matrices.input + matrices.output).joined() {
      #expect(Double(Float(entry.doubleValue)) == entry.doubleValue)
      #expect(entry.denominator & (entry.denominator - 1) == 0)
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
