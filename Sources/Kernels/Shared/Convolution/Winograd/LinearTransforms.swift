import KernelInterface
import KernelVectors

/// The transforms of F(m, 3) in one dimension.
protocol LinearTransform {
  /// `m`.
  static var outputExtent: Int { get }

  /// `Bᵀ·d`: `m + 2` vectors from as many.
  static func input<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients)

  /// `Aᵀ·M`: `m` vectors from `m + 2`, `stride` elements apart.
  static func output<V, E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) where E.V == V
}

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

extension UnsafeMutablePointer<Float> {
  /// Stores the values at `+p` and `−p`: `even ± p · odd`.
  @inline(__always)
  fileprivate func storePair<V: PixelVector>(
    _ p: Float, _ even: V, _ odd: V, at index: Int, _ stride: Int
  ) {
    multiplyAdd(p, odd, even).store(to: self + index &* stride)
    multiplyAdd(-p, odd, even).store(to: self + (index &+ 1) &* stride)
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

/// Points 0, ±p, ∞.
enum Transform2: LinearTransform {
  static var outputExtent: Int { 2 }

  @inline(__always)
  static func input<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let z0 = coefficients.product.0
    multiplyAdd(z0, d0, d2).store(to: target)
    target.storePair(coefficients.pairs[0].powers.0, d2, d1, at: 1, targetStride)
    multiplyAdd(z0, d1, d3).store(to: target + 3 &* targetStride)
  }

  @inline(__always)
  static func output<V, E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) where E.V == V {
    let pair = PairProducts<V>(m, at: 1, stride)
    let p = coefficients.pairs[0].powers
    let last = V.load(m + 3 &* stride)
    epilogue.store(V.load(m) + pair.sum, to: target)
    epilogue.store(multiplyAdd(p.0, pair.difference, last), to: target + targetStride)
  }
}

/// Points 0, ±p, ±q, ∞.
enum Transform4: LinearTransform {
  static var outputExtent: Int { 4 }

  @inline(__always)
  static func input<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let (d4, d5) = (d.vector(4), d.vector(5))
    let (z0, z1, _) = coefficients.product
    multiplyAdd(z0, d0, multiplyAdd(z1, d2, d4)).store(to: target)
    let (p, q) = (coefficients.pairs[0], coefficients.pairs[1])
    target.storePair(
      p.powers.0, multiplyAdd(p.quotient.0, d2, d4), multiplyAdd(p.quotient.0, d1, d3), at: 1,
      targetStride)
    target.storePair(
      q.powers.0, multiplyAdd(q.quotient.0, d2, d4), multiplyAdd(q.quotient.0, d1, d3), at: 3,
      targetStride)
    multiplyAdd(z0, d1, multiplyAdd(z1, d3, d5)).store(to: target + 5 &* targetStride)
  }

  @inline(__always)
  static func output<V, E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) where E.V == V {
    let (a, b) = (PairProducts<V>(m, at: 1, stride), PairProducts<V>(m, at: 3, stride))
    let (p, q) = (coefficients.pairs[0].powers, coefficients.pairs[1].powers)
    let last = V.load(m + 5 &* stride)
    epilogue.store(V.load(m) + (a.sum + b.sum), to: target)
    epilogue.store(combine(p.0, a.difference, q.0, b.difference), to: target + targetStride)
    epilogue.store(combine(p.1, a.sum, q.1, b.sum), to: target + 2 &* targetStride)
    epilogue.store(
      combine(p.2, a.difference, q.2, b.difference) + last, to: target + 3 &* targetStride)
  }

  @inline(__always)
  private static func combine<V: PixelVector>(_ p: Float, _ a: V, _ q: Float, _ b: V) -> V {
    multiplyAdd(p, a, b * q)
  }
}

/// Points 0, ±p, ±q, ±r, ∞.
enum Transform6: LinearTransform {
  static var outputExtent: Int { 6 }

  @inline(__always)
  static func input<L: WinogradLine>(
    _ d: L, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(0), d.vector(1))
    let (d2, d3) = (d.vector(2), d.vector(3))
    let (d4, d5) = (d.vector(4), d.vector(5))
    let (d6, d7) = (d.vector(6), d.vector(7))
    let (z0, z1, z2) = coefficients.product
    multiplyAdd(z0, d0, multiplyAdd(z1, d2, multiplyAdd(z2, d4, d6))).store(to: target)
    let (p, q, r) = (coefficients.pairs[0], coefficients.pairs[1], coefficients.pairs[2])
    target.storePair(
      p.powers.0, combine(p, d2, d4, d6), combine(p, d1, d3, d5), at: 1, targetStride)
    target.storePair(
      q.powers.0, combine(q, d2, d4, d6), combine(q, d1, d3, d5), at: 3, targetStride)
    target.storePair(
      r.powers.0, combine(r, d2, d4, d6), combine(r, d1, d3, d5), at: 5, targetStride)
    multiplyAdd(z0, d1, multiplyAdd(z1, d3, multiplyAdd(z2, d5, d7)))
      .store(to: target + 7 &* targetStride)
  }

  @inline(__always)
  private static func combine<V: PixelVector>(
    _ pair: WinogradCoefficients.Pair, _ a: V, _ b: V, _ c: V
  ) -> V {
    multiplyAdd(pair.quotient.0, a, multiplyAdd(pair.quotient.1, b, c))
  }

  @inline(__always)
  static func output<V, E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) where E.V == V {
    let a = PairProducts<V>(m, at: 1, stride)
    let b = PairProducts<V>(m, at: 3, stride)
    let c = PairProducts<V>(m, at: 5, stride)
    let p = coefficients.pairs[0].powers
    let q = coefficients.pairs[1].powers
    let r = coefficients.pairs[2].powers
    let last = V.load(m + 7 &* stride)

    @inline(__always)
    func even(_ p: Float, _ q: Float, _ r: Float) -> V {
      multiplyAdd(p, a.sum, multiplyAdd(q, b.sum, c.sum * r))
    }
    @inline(__always)
    func odd(_ p: Float, _ q: Float, _ r: Float) -> V {
      multiplyAdd(p, a.difference, multiplyAdd(q, b.difference, c.difference * r))
    }
    epilogue.store(V.load(m) + (a.sum + (b.sum + c.sum)), to: target)
    epilogue.store(odd(p.0, q.0, r.0), to: target + targetStride)
    epilogue.store(even(p.1, q.1, r.1), to: target + 2 &* targetStride)
    epilogue.store(odd(p.2, q.2, r.2), to: target + 3 &* targetStride)
    epilogue.store(even(p.3, q.3, r.3), to: target + 4 &* targetStride)
    epilogue.store(odd(p.4, q.4, r.4) + last, to: target + 5 &* targetStride)
  }
}
