/// A minimal-filtering algorithm F(m, r) of Winograd in one dimension: with `n = m + r − 1` multiplications
/// `m` results of a convolution of `r` taps. It evaluates polynomials at 0, at pairs ± of points, and at
/// infinity. F(1, 1) is one multiplication and transforms nothing.
package struct WinogradAxis: Hashable, Sendable {
  /// `r`: taps of the filter.
  package let kernelExtent: Int
  /// `n`: inputs that a tile reads, and points of the transform; 1, 4, 6, 8 or 10.
  package let inputExtent: Int

  /// `m`: results of a tile.
  package var outputExtent: Int { inputExtent - kernelExtent + 1 }
  package var isTransformed: Bool { inputExtent > 1 }

  /// The points `p` of the pairs ±p. Products of a few of them are exact in float32, and among such
  /// points these gave the smallest errors; `Docs/kernels.md` tells how to measure others.
  package var positivePoints: [Rational] {
    switch inputExtent {
    case 4: [1]
    case 6: [Rational(3, 4), Rational(3, 2)]
    case 8: [Rational(1, 2), 1, 2]
    case 10: [Rational(3, 8), Rational(3, 4), Rational(5, 4), Rational(5, 2)]
    default: []
    }
  }

  /// The finite points, in the order of the rows of the transforms; the last row is infinity.
  package var finitePoints: [Rational] {
    isTransformed ? [0] + positivePoints.flatMap { [$0, -$0] } : []
  }
}
