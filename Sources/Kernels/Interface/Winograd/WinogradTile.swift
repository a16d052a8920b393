/// A minimal-filtering algorithm F(m×m, 3×3) of Winograd, as Lavin and Gray use it for convolution
/// ("Fast Algorithms for Convolutional Neural Networks", 2015): `(m + 2)²` multiplications give `m × m`
/// results of a 3×3 convolution.
///
/// It evaluates polynomials at 0, at pairs ± of points, and at infinity.
package enum WinogradTile: Int, CaseIterable, Sendable {
  case two
  case four
  case six

  /// `m`: rows and columns of results of a tile.
  package var outputExtent: Int {
    switch self {
    case .two: 2
    case .four: 4
    case .six: 6
    }
  }

  /// Rows and columns of inputs that a tile reads, and points of the transform in one dimension.
  package var inputExtent: Int { outputExtent + 2 }

  /// Points of the transform in two dimensions.
  package var pointCount: Int { inputExtent * inputExtent }

  /// The points `p` of the pairs ±p. Products of a few of them are exact in float32, and among such
  /// points these gave the smallest errors; `Docs/kernels.md` tells how to measure others.
  package var positivePoints: [Rational] {
    switch self {
    case .two: [1]
    case .four: [Rational(3, 4), Rational(3, 2)]
    case .six: [Rational(1, 2), 1, 2]
    }
  }

  /// The finite points, in the order of the rows of the transforms; the last row is infinity.
  package var finitePoints: [Rational] { [0] + positivePoints.flatMap { [$0, -$0] } }
}
