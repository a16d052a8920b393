/// The numbers in the transforms of F(3, 4): of 6 inputs and 4 gradients of results the sums for 3 taps. The points
/// are those of F(4, 3), so that inputs are transformed alike. Gradients are evaluated at the points without the
/// divisors of `WinogradMatrices.filter`, exactly; the divisors are taken with the transform of the sums.
package struct WinogradGradientCoefficients: Sendable {
  /// Of a pair of points ±p.
  package struct Pair: Sendable {
    /// p, p², p³.
    package let powers: (Float, Float, Float)
    /// 1, p and p² over the divisor.
    package let factors: (Float, Float, Float)
  }

  package let pairs: (Pair, Pair)
  /// 1 over the divisor of the point 0.
  package let zeroFactor: Float

  package init() {
    let axis = WinogradAxis(kernelExtent: 4, inputExtent: 6)
    let filter = WinogradMatrices(axis).filter.map { $0.map(\.doubleValue) }
    func pair(_ index: Int) -> Pair {
      let p = axis.positivePoints[index].doubleValue
      let row = filter[1 + 2 * index]
      return Pair(
        powers: (Float(p), Float(p * p), Float(p * p * p)),
        factors: (Float(row[0]), Float(row[1]), Float(row[2])))
    }
    pairs = (pair(0), pair(1))
    zeroFactor = Float(filter[0][0])
  }
}
