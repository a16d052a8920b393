/// The transforms of F(m, r) in one dimension, exact: for `r` weights `g` and `n = m + r − 1` inputs `d`,
/// `output · ((filter · g) ⊙ (input · d))` are the `m` sums `Σ_k g[k] · d[i + k]`.
///
/// In two dimensions each transform is applied to the columns, then to the rows.
///
/// They are the transposed Toom-Cook algorithm: with `M = Π_j (x − x_j)` over the finite points and
/// `M_j = M / (x − x_j)`, a row of `input` holds the coefficients of `M_j` (of `M` for infinity), a row
/// of `filter` evaluates at `x_j`, divided by `M_j(x_j)`, and a column of `output` holds the powers of
/// `x_j`. So the coefficients of highest degree in `input` are 1.
package struct WinogradMatrices: Sendable {
  /// `Bᵀ`, `n × n`.
  package let input: [[Rational]]
  /// `G`, `n × r`.
  package let filter: [[Rational]]
  /// `Aᵀ`, `m × n`.
  package let output: [[Rational]]

  package init(_ axis: WinogradAxis) {
    let points = axis.finitePoints
    let quotients = points.indices.map { index in
      Polynomial(roots: points[..<index] + points[(index + 1)...])
    }
    input =
      quotients.map { $0.coefficients + [0] } + [Polynomial(roots: points[...]).coefficients]
    filter =
      zip(points, quotients).map { point, quotient in
        let scale = quotient.value(at: point)
        return (0..<axis.kernelExtent).map { power(point, $0) / scale }
      } + [[Rational](repeating: 0, count: axis.kernelExtent - 1) + [1]]
    let last = axis.outputExtent - 1
    output = (0...last).map { degree in
      points.map { power($0, degree) } + [degree == last ? 1 : 0]
    }
  }
}

/// `base` to the power of `exponent`, with 1 for 0⁰.
private func power(_ base: Rational, _ exponent: Int) -> Rational {
  (0..<exponent).reduce(1) { product, _ in product * base }
}

/// A monic polynomial, lowest degree first.
private struct Polynomial {
  private(set) var coefficients: [Rational] = [1]

  init(roots: ArraySlice<Rational>) {
    for root in roots {
      let shifted = [0] + coefficients
      let scaled = coefficients.map { -root * $0 } + [0]
      coefficients = zip(shifted, scaled).map { $0 + $1 }
    }
  }

  func value(at point: Rational) -> Rational {
    coefficients.reversed().reduce(0) { $0 * point + $1 }
  }
}
