import KernelInterface
import KernelVectors

/// The transforms of F(3×3, 4×4) that are not those of inputs.
struct GradientTransforms {
  private let coefficients = WinogradGradientCoefficients()

  /// Evaluates the 4×4 gradients of a tile at the 6×6 points: columns, then rows.
  ///
  /// - Parameters:
  ///   - tile: the first of its pixels, of one channel block.
  ///   - patch: room for 24 vectors.
  func transformGradient(
    _ tile: UnsafePointer<Float>, rowStride: Int, to target: UnsafeMutablePointer<Float>,
    pointStride: Int, patch: UnsafeMutablePointer<Float>
  ) {
    let lanes = Vector.scalarCount
    for x in 0..<4 {
      evaluate(
        tile + x &* lanes, stride: rowStride, to: patch + x &* lanes, targetStride: 4 &* lanes)
    }
    for y in 0..<6 {
      evaluate(
        patch + y &* 4 &* lanes, stride: lanes, to: target + y &* 6 &* pointStride,
        targetStride: pointStride)
    }
  }

  /// At 0, ±p, ±q and ∞.
  @inline(__always)
  private func evaluate(
    _ source: UnsafePointer<Float>, stride: Int, to target: UnsafeMutablePointer<Float>,
    targetStride: Int
  ) {
    let (d0, d1) = (source.vector(at: 0), source.vector(at: stride))
    let (d2, d3) = (source.vector(at: 2 &* stride), source.vector(at: 3 &* stride))
    target.store(d0, at: 0)
    storePair(coefficients.pairs.0, d0, d1, d2, d3, to: target + targetStride, targetStride)
    storePair(coefficients.pairs.1, d0, d1, d2, d3, to: target + 3 &* targetStride, targetStride)
    target.store(d3, at: 5 &* targetStride)
  }

  @inline(__always)
  private func storePair(
    _ pair: WinogradGradientCoefficients.Pair, _ d0: Vector, _ d1: Vector, _ d2: Vector,
    _ d3: Vector, to target: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    let even = multiplyAdd(pair.powers.1, d2, d0)
    let odd = multiplyAdd(pair.powers.2, d3, d1 * pair.powers.0)
    target.store(even + odd, at: 0)
    target.store(even - odd, at: stride)
  }

  /// The 3×3 taps of a vector of sums at the 6×6 points: columns, then rows.
  ///
  /// - Parameter patch: room for 18 vectors.
  func transformSums<V: PixelVector>(
    _ sums: UnsafePointer<Float>, pointStride: Int, to target: UnsafeMutablePointer<Float>,
    tapStride: Int, patch: UnsafeMutablePointer<Float>, _: V.Type
  ) {
    for x in 0..<6 {
      combine(
        sums + x &* pointStride, stride: 6 &* pointStride, to: patch + x &* V.scalarCount,
        targetStride: 6 &* V.scalarCount, V.self)
    }
    for y in 0..<3 {
      combine(
        patch + y &* 6 &* V.scalarCount, stride: V.scalarCount, to: target + y &* 3 &* tapStride,
        targetStride: tapStride, V.self)
    }
  }

  @inline(__always)
  private func combine<V: PixelVector>(
    _ m: UnsafePointer<Float>, stride: Int, to target: UnsafeMutablePointer<Float>,
    targetStride: Int, _: V.Type
  ) {
    let (p, q) = (coefficients.pairs.0.factors, coefficients.pairs.1.factors)
    let (a, b) = (V.load(m + stride), V.load(m + 2 &* stride))
    let (c, d) = (V.load(m + 3 &* stride), V.load(m + 4 &* stride))
    let sums = (a + b, c + d)
    let differences = (a - b, c - d)
    let zero = V.load(m) * coefficients.zeroFactor
    let last = V.load(m + 5 &* stride)
    multiplyAdd(p.0, sums.0, multiplyAdd(q.0, sums.1, zero)).store(to: target)
    multiplyAdd(p.1, differences.0, differences.1 * q.1).store(to: target + targetStride)
    multiplyAdd(p.2, sums.0, multiplyAdd(q.2, sums.1, last)).store(to: target + 2 &* targetStride)
  }

  @inline(__always)
  private func multiplyAdd<V: PixelVector>(_ a: Float, _ b: V, _ c: V) -> V {
    V.multiplyAdd(V(repeating: a), b, c, Arithmetic.self)
  }
}
