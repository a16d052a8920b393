/// The numbers in the transforms of F(m, r) as kernels use them. A pair of points ±p shares its even
/// and odd parts, so that the rows of `Bᵀ` for them are `E ± p·O` with the coefficients of
/// `Q = Π (x² − q²)` over the other pairs, in `E` on the even and in `O` on the odd inputs.
package struct WinogradCoefficients: Sendable {
  /// Of one pair.
  package struct Pair: Sendable {
    /// The coefficients of `Q` below the leading 1, lowest degree first; 0 past its degree.
    package let quotient: (Float, Float, Float)
    /// `p` to the powers of 0 to 7, 0 from `m` on.
    package let powers: InlineArray<8, Float>
  }

  /// The coefficients of `Π (x² − p²)` over all pairs, below the leading 1, lowest degree first; 0 past
  /// its degree. They make the rows for 0, on the even inputs, and for infinity, on the odd ones.
  package let product: (Float, Float, Float, Float)
  /// As many as the axis has, then zeros.
  package let pairs: InlineArray<4, Pair>

  package init(_ axis: WinogradAxis) {
    let matrices = WinogradMatrices(axis)
    func input(_ row: Int, _ column: Int) -> Float {
      column < axis.inputExtent - 2 ? Float(matrices.input[row][column].doubleValue) : 0
    }
    product = (input(0, 0), input(0, 2), input(0, 4), input(0, 6))
    pairs = InlineArray { pair in
      let row = 1 + 2 * pair
      guard row < axis.inputExtent - 1 else {
        return Pair(quotient: (0, 0, 0), powers: InlineArray(repeating: 0))
      }
      return Pair(
        quotient: (input(row, 2), input(row, 4), input(row, 6)),
        powers: InlineArray { exponent in
          exponent < axis.outputExtent
            ? Float(matrices.output[exponent][row].doubleValue) : 0
        })
    }
  }
}
