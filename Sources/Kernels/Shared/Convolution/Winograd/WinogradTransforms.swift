import KernelInterface
import KernelVectors

/// The transforms of inputs and products, for 8 channels of a tile at a time. A pair of points ±p shares
/// the even and the odd part of its polynomials (`WinogradCoefficients`).
struct WinogradTransforms {
  private let tile: WinogradTile
  private let coefficients: WinogradCoefficients

  init(_ tile: WinogradTile) {
    self.tile = tile
    coefficients = WinogradCoefficients(tile)
  }

  /// `Bᵀ·d·B` of the patches of `(m + 2) × (m + 2)` pixels of `count` tiles, of one channel block.
  ///
  /// - Parameters:
  ///   - reader: finds the patches of the channel block.
  ///   - position: the first tile.
  ///   - target: receives a vector a tile and point; those of a point lie one after the other.
  ///   - pointStride: elements from one point of the result to the next.
  ///   - patch: room for a vector a point.
  func transformInputs(
    _ reader: WinogradTileReader, from position: TilePosition, count: Int,
    into target: UnsafeMutablePointer<Float>, pointStride: Int, patch: UnsafeMutablePointer<Float>
  ) {
    switch tile {
    case .two:
      Transform2.inputs(reader, position, count, target, pointStride, patch, coefficients)
    case .four:
      Transform4.inputs(reader, position, count, target, pointStride, patch, coefficients)
    case .six:
      Transform6.inputs(reader, position, count, target, pointStride, patch, coefficients)
    }
  }

  /// `activation(Aᵀ·M·A + bias)`, `m × m` pixels, of `count` tiles, of one vector of products a point.
  ///
  /// - Parameters:
  ///   - position: the first tile.
  ///   - source: the first tile's products at the first point.
  ///   - tileStride: elements from one tile of the products to the next.
  ///   - pointStride: elements from one point of the products to the next.
  ///   - writer: takes the results.
  ///   - patch: room for two vectors a point.
  func transformOutputs(
    _ source: UnsafePointer<Float>, tileStride: Int, pointStride: Int,
    from position: TilePosition, count: Int, bias: Vector, bounds: ActivationBounds,
    to writer: WinogradTileWriter, patch: UnsafeMutablePointer<Float>
  ) {
    let epilogue = Epilogue(bias: bias, bounds: bounds)
    let products = Products(first: source, tileStride: tileStride, pointStride: pointStride)
    switch tile {
    case .two:
      Transform2.outputs(products, position, count, epilogue, writer, patch, coefficients)
    case .four:
      Transform4.outputs(products, position, count, epilogue, writer, patch, coefficients)
    case .six:
      Transform6.outputs(products, position, count, epilogue, writer, patch, coefficients)
    }
  }
}

/// One vector of the products of some tiles.
private struct Products {
  var first: UnsafePointer<Float>
  var tileStride: Int
  var pointStride: Int
}

/// What happens to a result before it is stored.
private struct Epilogue {
  var bias: Vector
  var bounds: ActivationBounds

  @inline(__always)
  func apply(_ x: Vector) -> Vector { bounds.apply(x + bias) }
}

/// Nothing happens to what is only half transformed.
private struct NoEpilogue {
  @inline(__always)
  func apply(_ x: Vector) -> Vector { x }
}

private protocol ResultEpilogue {
  func apply(_ x: Vector) -> Vector
}

extension Epilogue: ResultEpilogue {}
extension NoEpilogue: ResultEpilogue {}

/// The transforms of F(m, 3) in one dimension, on vectors `stride` elements apart.
private protocol LinearTransform {
  /// `m`.
  static var outputExtent: Int { get }

  /// `Bᵀ·d`: `m + 2` vectors from as many.
  static func input(
    _ d: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>,
    _ targetStride: Int, _ coefficients: WinogradCoefficients)

  /// `Aᵀ·M`: `m` vectors from `m + 2`.
  static func output<E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients)
}

extension LinearTransform {
  static func inputs(
    _ reader: WinogradTileReader, _ position: TilePosition, _ count: Int,
    _ target: UnsafeMutablePointer<Float>, _ pointStride: Int,
    _ patch: UnsafeMutablePointer<Float>, _ coefficients: WinogradCoefficients
  ) {
    var position = position
    var target = target
    for _ in 0..<count {
      input(
        reader.patch(of: position), reader.rowStride, target, pointStride, patch, coefficients)
      target += Vector.scalarCount
      position.advance()
    }
  }

  static func outputs(
    _ products: Products, _ position: TilePosition, _ count: Int, _ epilogue: Epilogue,
    _ writer: WinogradTileWriter, _ patch: UnsafeMutablePointer<Float>,
    _ coefficients: WinogradCoefficients
  ) {
    let lanes: Int = Vector.scalarCount
    let extent: Int = outputExtent &+ 2
    let results = patch + extent &* extent &* lanes
    var position = position
    var source = products.first
    for _ in 0..<count {
      let place = writer.place(of: position)
      output(
        source, products.pointStride, epilogue, place.takesResults ? place.target : results,
        place.takesResults ? writer.rowStride : outputExtent &* lanes, patch, coefficients)
      if !place.takesResults { writer.write(results, to: place) }
      source += products.tileStride
      position.advance()
    }
  }

  /// Both dimensions: columns, then rows.
  @inline(__always)
  static func input(
    _ source: UnsafePointer<Float>, _ rowStride: Int, _ target: UnsafeMutablePointer<Float>,
    _ pointStride: Int, _ patch: UnsafeMutablePointer<Float>, _ coefficients: WinogradCoefficients
  ) {
    let extent: Int = outputExtent &+ 2
    let lanes: Int = Vector.scalarCount
    for x in 0..<extent {
      input(source + x &* lanes, rowStride, patch + x &* lanes, extent &* lanes, coefficients)
    }
    for y in 0..<extent {
      let row: Int = y &* extent
      input(patch + row &* lanes, lanes, target + row &* pointStride, pointStride, coefficients)
    }
  }

  /// Both dimensions: columns, then rows.
  @inline(__always)
  static func output(
    _ source: UnsafePointer<Float>, _ pointStride: Int, _ epilogue: Epilogue,
    _ target: UnsafeMutablePointer<Float>, _ rowStride: Int,
    _ patch: UnsafeMutablePointer<Float>, _ coefficients: WinogradCoefficients
  ) {
    let extent: Int = outputExtent &+ 2
    let lanes: Int = Vector.scalarCount
    for x in 0..<extent {
      output(
        source + x &* pointStride, extent &* pointStride, NoEpilogue(), patch + x &* lanes,
        extent &* lanes, coefficients)
    }
    for y in 0..<outputExtent {
      output(
        patch + y &* extent &* lanes, lanes, epilogue, target + y &* rowStride, lanes,
        coefficients)
    }
  }
}

@inline(__always)
private func multiplyAdd(_ a: Float, _ b: Vector, _ c: Vector) -> Vector {
  Arithmetic.multiplyAdd(Vector(repeating: a), b, c)
}

extension UnsafeMutablePointer<Float> {
  /// Stores the values at `+p` and `−p`: `even ± p · odd`.
  @inline(__always)
  fileprivate func storePair(
    _ p: Float, _ even: Vector, _ odd: Vector, at index: Int, _ stride: Int
  ) {
    store(multiplyAdd(p, odd, even), at: index &* stride)
    store(multiplyAdd(-p, odd, even), at: (index &+ 1) &* stride)
  }
}

/// The sum and the difference of the products at `+p` and `−p`.
private struct PairProducts {
  let sum: Vector
  let difference: Vector

  @inline(__always)
  init(_ m: UnsafePointer<Float>, at index: Int, _ stride: Int) {
    let positive = m.vector(at: index &* stride)
    let negative = m.vector(at: (index &+ 1) &* stride)
    sum = positive + negative
    difference = positive - negative
  }
}

/// Points 0, ±p, ∞.
private enum Transform2: LinearTransform {
  static var outputExtent: Int { 2 }

  @inline(__always)
  static func input(
    _ d: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>,
    _ targetStride: Int, _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(at: 0), d.vector(at: stride))
    let (d2, d3) = (d.vector(at: 2 &* stride), d.vector(at: 3 &* stride))
    let z0 = coefficients.product.0
    target.store(multiplyAdd(z0, d0, d2), at: 0)
    target.storePair(coefficients.pairs[0].powers.0, d2, d1, at: 1, targetStride)
    target.store(multiplyAdd(z0, d1, d3), at: 3 &* targetStride)
  }

  @inline(__always)
  static func output<E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let pair = PairProducts(m, at: 1, stride)
    let p = coefficients.pairs[0].powers
    let last = m.vector(at: 3 &* stride)
    target.store(epilogue.apply(m.vector(at: 0) + pair.sum), at: 0)
    target.store(epilogue.apply(multiplyAdd(p.0, pair.difference, last)), at: targetStride)
  }
}

/// Points 0, ±p, ±q, ∞.
private enum Transform4: LinearTransform {
  static var outputExtent: Int { 4 }

  @inline(__always)
  static func input(
    _ d: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>,
    _ targetStride: Int, _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(at: 0), d.vector(at: stride))
    let (d2, d3) = (d.vector(at: 2 &* stride), d.vector(at: 3 &* stride))
    let (d4, d5) = (d.vector(at: 4 &* stride), d.vector(at: 5 &* stride))
    let (z0, z1, _) = coefficients.product
    target.store(multiplyAdd(z0, d0, multiplyAdd(z1, d2, d4)), at: 0)
    let (p, q) = (coefficients.pairs[0], coefficients.pairs[1])
    target.storePair(
      p.powers.0, multiplyAdd(p.quotient.0, d2, d4), multiplyAdd(p.quotient.0, d1, d3), at: 1,
      targetStride)
    target.storePair(
      q.powers.0, multiplyAdd(q.quotient.0, d2, d4), multiplyAdd(q.quotient.0, d1, d3), at: 3,
      targetStride)
    target.store(multiplyAdd(z0, d1, multiplyAdd(z1, d3, d5)), at: 5 &* targetStride)
  }

  @inline(__always)
  static func output<E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let (a, b) = (PairProducts(m, at: 1, stride), PairProducts(m, at: 3, stride))
    let (p, q) = (coefficients.pairs[0].powers, coefficients.pairs[1].powers)
    let last = m.vector(at: 5 &* stride)
    target.store(epilogue.apply(m.vector(at: 0) + (a.sum + b.sum)), at: 0)
    target.store(epilogue.apply(combine(p.0, a.difference, q.0, b.difference)), at: targetStride)
    target.store(epilogue.apply(combine(p.1, a.sum, q.1, b.sum)), at: 2 &* targetStride)
    target.store(
      epilogue.apply(combine(p.2, a.difference, q.2, b.difference) + last),
      at: 3 &* targetStride)
  }

  @inline(__always)
  private static func combine(_ p: Float, _ a: Vector, _ q: Float, _ b: Vector) -> Vector {
    multiplyAdd(p, a, b * q)
  }
}

/// Points 0, ±p, ±q, ±r, ∞.
private enum Transform6: LinearTransform {
  static var outputExtent: Int { 6 }

  @inline(__always)
  static func input(
    _ d: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>,
    _ targetStride: Int, _ coefficients: WinogradCoefficients
  ) {
    let (d0, d1) = (d.vector(at: 0), d.vector(at: stride))
    let (d2, d3) = (d.vector(at: 2 &* stride), d.vector(at: 3 &* stride))
    let (d4, d5) = (d.vector(at: 4 &* stride), d.vector(at: 5 &* stride))
    let (d6, d7) = (d.vector(at: 6 &* stride), d.vector(at: 7 &* stride))
    let (z0, z1, z2) = coefficients.product
    target.store(multiplyAdd(z0, d0, multiplyAdd(z1, d2, multiplyAdd(z2, d4, d6))), at: 0)
    let (p, q, r) = (coefficients.pairs[0], coefficients.pairs[1], coefficients.pairs[2])
    target.storePair(
      p.powers.0, combine(p, d2, d4, d6), combine(p, d1, d3, d5), at: 1, targetStride)
    target.storePair(
      q.powers.0, combine(q, d2, d4, d6), combine(q, d1, d3, d5), at: 3, targetStride)
    target.storePair(
      r.powers.0, combine(r, d2, d4, d6), combine(r, d1, d3, d5), at: 5, targetStride)
    target.store(
      multiplyAdd(z0, d1, multiplyAdd(z1, d3, multiplyAdd(z2, d5, d7))), at: 7 &* targetStride)
  }

  @inline(__always)
  private static func combine(
    _ pair: WinogradCoefficients.Pair, _ a: Vector, _ b: Vector, _ c: Vector
  ) -> Vector {
    multiplyAdd(pair.quotient.0, a, multiplyAdd(pair.quotient.1, b, c))
  }

  @inline(__always)
  static func output<E: ResultEpilogue>(
    _ m: UnsafePointer<Float>, _ stride: Int, _ epilogue: E,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ coefficients: WinogradCoefficients
  ) {
    let a = PairProducts(m, at: 1, stride)
    let b = PairProducts(m, at: 3, stride)
    let c = PairProducts(m, at: 5, stride)
    let p = coefficients.pairs[0].powers
    let q = coefficients.pairs[1].powers
    let r = coefficients.pairs[2].powers
    let last = m.vector(at: 7 &* stride)

    @inline(__always)
    func even(_ p: Float, _ q: Float, _ r: Float) -> Vector {
      multiplyAdd(p, a.sum, multiplyAdd(q, b.sum, c.sum * r))
    }
    @inline(__always)
    func odd(_ p: Float, _ q: Float, _ r: Float) -> Vector {
      multiplyAdd(p, a.difference, multiplyAdd(q, b.difference, c.difference * r))
    }
    target.store(epilogue.apply(m.vector(at: 0) + (a.sum + (b.sum + c.sum))), at: 0)
    target.store(epilogue.apply(odd(p.0, q.0, r.0)), at: targetStride)
    target.store(epilogue.apply(even(p.1, q.1, r.1)), at: 2 &* targetStride)
    target.store(epilogue.apply(odd(p.2, q.2, r.2)), at: 3 &* targetStride)
    target.store(epilogue.apply(even(p.3, q.3, r.3)), at: 4 &* targetStride)
    target.store(epilogue.apply(odd(p.4, q.4, r.4) + last), at: 5 &* targetStride)
  }
}
