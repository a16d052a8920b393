import KernelInterface
import KernelVectors

/// The vectors that an input transform reads.
protocol WinogradLine {
  associatedtype V: PixelVector
  func vector(_ index: Int) -> V
}

/// Vectors `stride` elements apart.
struct PatchLine<V: PixelVector>: WinogradLine {
  let first: UnsafePointer<Float>
  let stride: Int

  @inline(__always)
  func vector(_ index: Int) -> V { V.load(first + index &* stride) }
}

/// Pixels `stride` elements apart of one tile, or of two whose pixels lie `tileStride` elements apart.
struct TileLine<V: PixelVector>: WinogradLine {
  let first: UnsafePointer<Float>
  let stride: Int
  let tileStride: Int

  @inline(__always)
  func vector(_ index: Int) -> V { V(blocks: first + index &* stride, stride: tileStride) }
}

/// Takes the results of an output transform.
protocol ResultEpilogue {
  associatedtype V: PixelVector
  func store(_ x: V, to target: UnsafeMutablePointer<Float>)
}

@inline(__always)
private func multiplyAdd<V: PixelVector>(_ a: Float, _ b: V, _ c: V) -> V {
  V.multiplyAdd(V(repeating: a), b, c, Arithmetic.self)
}

extension WinogradCoefficients.Pair {
  /// `Q` of a pair at even or odd inputs, lowest degree first.
  @inline(__always)
  fileprivate func quotient<V: PixelVector>(_ a: V, _ b: V) -> V { multiplyAdd(quotient.0, a, b) }

  @inline(__always)
  fileprivate func quotient<V: PixelVector>(_ a: V, _ b: V, _ c: V) -> V {
    multiplyAdd(quotient.0, a, multiplyAdd(quotient.1, b, c))
  }

  @inline(__always)
  fileprivate func quotient<V: PixelVector>(_ a: V, _ b: V, _ c: V, _ d: V) -> V {
    multiplyAdd(quotient.0, a, multiplyAdd(quotient.1, b, multiplyAdd(quotient.2, c, d)))
  }
}

/// `Bᵀ·d` in one dimension: `points` vectors from as many.
enum InputTransform<let points: Int> {
  @inline(__always)
  static func apply<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ stride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    if points == 4 {
      four(d, target, stride, coefficients)
    } else if points == 6 {
      six(d, target, stride, coefficients)
    } else if points == 8 {
      eight(d, target, stride, coefficients)
    } else {
      ten(d, target, stride, coefficients)
    }
  }

  /// Stores the values at `+p` and `−p`: `even ± p · odd`.
  @inline(__always)
  private static func storePair<V: PixelVector>(
    _ pair: WinogradCoefficients.Pair, _ even: V, _ odd: V, at index: Int,
    _ target: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    let p = pair.powers[1]
    multiplyAdd(p, odd, even).store(to: target + index &* stride)
    multiplyAdd(-p, odd, even).store(to: target + (index &+ 1) &* stride)
  }

  /// Points 0, ±p, ∞.
  @inline(__always)
  private static func four<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ stride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let z0 = coefficients.product.0
    multiplyAdd(z0, d0, d2).store(to: target)
    storePair(coefficients.pairs[0], d2, d1, at: 1, target, stride)
    multiplyAdd(z0, d1, d3).store(to: target + 3 &* stride)
  }

  /// Points 0, ±p, ±q, ∞.
  @inline(__always)
  private static func six<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ stride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let (d4, d5) = (d.vector(4), d.vector(5))
    let (z0, z1, _, _) = coefficients.product
    multiplyAdd(z0, d0, multiplyAdd(z1, d2, d4)).store(to: target)
    let (p, q) = (coefficients.pairs[0], coefficients.pairs[1])
    storePair(p, p.quotient(d2, d4), p.quotient(d1, d3), at: 1, target, stride)
    storePair(q, q.quotient(d2, d4), q.quotient(d1, d3), at: 3, target, stride)
    multiplyAdd(z0, d1, multiplyAdd(z1, d3, d5)).store(to: target + 5 &* stride)
  }

  /// Points 0, ±p, ±q, ±r, ∞.
  @inline(__always)
  private static func eight<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ stride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let (d4, d5) = (d.vector(4), d.vector(5))
    let (d6, d7) = (d.vector(6), d.vector(7))
    let (z0, z1, z2, _) = coefficients.product
    multiplyAdd(z0, d0, multiplyAdd(z1, d2, multiplyAdd(z2, d4, d6))).store(to: target)
    let (p, q, r) = (coefficients.pairs[0], coefficients.pairs[1], coefficients.pairs[2])
    storePair(p, p.quotient(d2, d4, d6), p.quotient(d1, d3, d5), at: 1, target, stride)
    storePair(q, q.quotient(d2, d4, d6), q.quotient(d1, d3, d5), at: 3, target, stride)
    storePair(r, r.quotient(d2, d4, d6), r.quotient(d1, d3, d5), at: 5, target, stride)
    multiplyAdd(z0, d1, multiplyAdd(z1, d3, multiplyAdd(z2, d5, d7)))
      .store(to: target + 7 &* stride)
  }

  /// Points 0, ±p, ±q, ±r, ±s, ∞.
  @inline(__always)
  private static func ten<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ stride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let (d4, d5) = (d.vector(4), d.vector(5))
    let (d6, d7) = (d.vector(6), d.vector(7))
    let (d8, d9) = (d.vector(8), d.vector(9))
    let (z0, z1, z2, z3) = coefficients.product
    multiplyAdd(z0, d0, multiplyAdd(z1, d2, multiplyAdd(z2, d4, multiplyAdd(z3, d6, d8))))
      .store(to: target)
    let (p, q) = (coefficients.pairs[0], coefficients.pairs[1])
    let (r, s) = (coefficients.pairs[2], coefficients.pairs[3])
    storePair(p, p.quotient(d2, d4, d6, d8), p.quotient(d1, d3, d5, d7), at: 1, target, stride)
    storePair(q, q.quotient(d2, d4, d6, d8), q.quotient(d1, d3, d5, d7), at: 3, target, stride)
    storePair(r, r.quotient(d2, d4, d6, d8), r.quotient(d1, d3, d5, d7), at: 5, target, stride)
    storePair(s, s.quotient(d2, d4, d6, d8), s.quotient(d1, d3, d5, d7), at: 7, target, stride)
    multiplyAdd(z0, d1, multiplyAdd(z1, d3, multiplyAdd(z2, d5, multiplyAdd(z3, d7, d9))))
      .store(to: target + 9 &* stride)
  }
}

/// The sum and the difference of the products at `+p` and `−p`.
private struct PairProducts<V: PixelVector> {
  let sum: V
  let difference: V

  @inline(__always)
  init(_ m: UnsafePointer<Float>, at index: Int, _ stride: Int) {
    let positive = V.load(m + index &* stride)
    let negative = V.load(m + (index &+ 1) &* stride)
    sum = positive + negative
    difference = positive - negative
  }
}

/// `Aᵀ·M` in one dimension: `results` vectors, an even number, from `points`.
enum OutputTransform<let points: Int, let results: Int> {
  /// - Parameter stride: elements from one product to the next.
  @inline(__always)
  static func apply<V, E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) where E.V == V {
    let a = PairProducts<V>(m, at: 1, stride)
    let b = points > 4 ? PairProducts<V>(m, at: 3, stride) : a
    let c = points > 6 ? PairProducts<V>(m, at: 5, stride) : a
    let e = points > 8 ? PairProducts<V>(m, at: 7, stride) : a
    let last = V.load(m + (points &- 1) &* stride)

    @inline(__always)
    func combine(_ degree: Int, _ a: V, _ b: V, _ c: V, _ e: V) -> V {
      let p = coefficients.pairs[0].powers[degree]
      let q = coefficients.pairs[1].powers[degree]
      let r = coefficients.pairs[2].powers[degree]
      let s = coefficients.pairs[3].powers[degree]
      if points == 4 { return a * p }
      if points == 6 { return multiplyAdd(p, a, b * q) }
      if points == 8 { return multiplyAdd(p, a, multiplyAdd(q, b, c * r)) }
      return multiplyAdd(p, a, multiplyAdd(q, b, multiplyAdd(r, c, e * s)))
    }
    @inline(__always)
    func store(_ x: V, at degree: Int) {
      epilogue.store(
        degree == results &- 1 ? x + last : x, to: target + degree &* targetStride)
    }
    @inline(__always)
    func storeEven(_ degree: Int) {
      store(combine(degree, a.sum, b.sum, c.sum, e.sum), at: degree)
    }
    @inline(__always)
    func storeOdd(_ degree: Int) {
      store(combine(degree, a.difference, b.difference, c.difference, e.difference), at: degree)
    }

    var total = points > 8 ? c.sum + e.sum : c.sum
    if points > 6 { total = b.sum + total } else if points > 4 { total = b.sum }
    store(V.load(m) + (points > 4 ? a.sum + total : a.sum), at: 0)
    storeOdd(1)
    if results > 2 {
      storeEven(2)
      storeOdd(3)
    }
    if results > 4 {
      storeEven(4)
      storeOdd(5)
    }
    if results > 6 {
      storeEven(6)
      storeOdd(7)
    }
  }
}
