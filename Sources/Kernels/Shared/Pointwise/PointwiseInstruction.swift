import KernelInterface
import KernelVectors
import Platform
import PointwisePrograms

/// Where the elements of a value lie, vector after vector.
struct VectorStream {
  var address: UnsafePointer<Float>
  /// Elements from one vector to the next: those of a vector, or 0 for one that is read again and again.
  var step: Int
}

/// One joined instruction over some elements, a multiple of 8.
struct PointwiseInstruction {
  let a: VectorStream
  let b: VectorStream
  let c: VectorStream
  let d: VectorStream
  /// A vector of the lower bound, then one of the upper bound.
  let bounds: UnsafePointer<Float>
  /// May be where an operand lies.
  let target: UnsafeMutablePointer<Float>
  let elementCount: Int

  func compute(_ operation: JoinedProgram.Operation) {
    switch operation {
    case .single(let operation): compute(operation)
    case .linear: computeLinear()
    case .gatedLinear: computeGatedLinear()
    case .gatedSigmoid: apply { Transcendentals.sigmoid($0) * $1 }
    }
  }

  private func compute(_ operation: PointwiseOperation) {
    typealias Functions = Transcendentals
    switch operation {
    case .constant: break
    case .add: apply { $0 + $1 }
    case .subtract: apply { $0 - $1 }
    case .multiply: apply { $0 * $1 }
    case .divide: apply { $0 / $1 }
    case .minimum: apply { $0.replacing(with: $1, where: ($1 .< $0) .| ($1 .!= $1)) }
    case .maximum: apply { $0.replacing(with: $1, where: ($1 .> $0) .| ($1 .!= $1)) }
    case .negate: apply { -$0 }
    case .absolute: apply { Functions.absolute($0) }
    case .squareRoot: apply { $0.squareRoot() }
    case .exponential: apply { Functions.exponential($0) }
    case .sigmoid: apply { Functions.sigmoid($0) }
    case .hyperbolicTangent: apply { Functions.hyperbolicTangent($0) }
    case .logarithm: apply { Functions.logarithm($0) }
    case .logarithmOfOnePlus: apply { Functions.logarithmOfOnePlus($0) }
    case .errorFunction: apply { Functions.errorFunction($0) }
    case .sine: apply { Self.lanes($0, $0) { x, _ in sinf(x) } }
    case .cosine: apply { Self.lanes($0, $0) { x, _ in cosf(x) } }
    case .floor: apply { $0.rounded(.down) }
    case .ceiling: apply { $0.rounded(.up) }
    case .roundToEven: apply { $0.rounded(.toNearestOrEven) }
    case .sign:
      apply { $0.replacing(with: 1, where: $0 .> 0).replacing(with: -1, where: $0 .< 0) }
    case .power: apply { Self.lanes($0, $1, powf) }
    case .remainder: apply { Self.lanes($0, $1, fmodf) }
    case .equal: apply { Self.truth($0 .== $1) }
    case .less: apply { Self.truth($0 .< $1) }
    case .lessOrEqual: apply { Self.truth($0 .<= $1) }
    case .selectWhere: apply { $1.replacing(with: 0, where: $0 .== 0) }
    case .selectUnless: apply { WideVector.zero.replacing(with: $1, where: $0 .== 0) }
    case .union:
      apply {
        unsafeBitCast(
          unsafeBitCast($0, to: WideVector.MaskStorage.self)
            | unsafeBitCast($1, to: WideVector.MaskStorage.self), to: WideVector.self)
      }
    }
  }

  /// `min(max(a · b + c, low), high)`. Factors and addends by channel stay in registers.
  private func computeLinear() {
    let low = WideVector.load(bounds)
    let high = WideVector.load(bounds + WideVector.scalarCount)
    if b.step == 0 && c.step == 0 {
      let factor = WideVector.load(b.address)
      let addend = WideVector.load(c.address)
      apply { (x: WideVector) in
        Transcendentals.bounded(x * factor + addend, low: low, high: high)
      }
    } else {
      apply { (x, y, z: WideVector) in
        Transcendentals.bounded(x * y + z, low: low, high: high)
      }
    }
  }

  /// `min(max(a · b + c, low), high) · d`.
  private func computeGatedLinear() {
    let low = WideVector.load(bounds)
    let high = WideVector.load(bounds + WideVector.scalarCount)
    if b.step == 0 && c.step == 0 {
      let factor = WideVector.load(b.address)
      let addend = WideVector.load(c.address)
      apply(a, d, d, d) { (x, gate, _, _) in
        Transcendentals.bounded(x * factor + addend, low: low, high: high) * gate
      }
    } else {
      apply(a, b, c, d) { (x, y, z, gate) in
        Transcendentals.bounded(x * y + z, low: low, high: high) * gate
      }
    }
  }

  // MARK: Loops

  /// 1 where a comparison holds, else 0.
  @inline(__always)
  private static func truth(_ mask: SIMDMask<WideVector.MaskStorage>) -> WideVector {
    WideVector.zero.replacing(with: 1, where: mask)
  }

  @inline(__always)
  private static func lanes(
    _ x: WideVector, _ y: WideVector, _ function: (Float, Float) -> Float
  ) -> WideVector {
    var result = x
    for lane in 0..<WideVector.scalarCount { result[lane] = function(x[lane], y[lane]) }
    return result
  }

  @inline(__always)
  private func apply(_ function: (WideVector) -> WideVector) {
    apply(a, a, a, a) { (x, _, _, _) in function(x) }
  }

  @inline(__always)
  private func apply(_ function: (WideVector, WideVector) -> WideVector) {
    apply(a, b, b, b) { (x, y, _, _) in function(x, y) }
  }

  @inline(__always)
  private func apply(_ function: (WideVector, WideVector, WideVector) -> WideVector) {
    apply(a, b, c, c) { (x, y, z, _) in function(x, y, z) }
  }

  /// Vectors of 8 elements that are left are computed twice in one wider vector.
  @inline(__always)
  private func apply(
    _ a: VectorStream, _ b: VectorStream, _ c: VectorStream, _ d: VectorStream,
    _ function: (WideVector, WideVector, WideVector, WideVector) -> WideVector
  ) {
    var (x, y, z, w) = (a.address, b.address, c.address, d.address)
    var offset = 0
    while offset &+ WideVector.scalarCount <= elementCount {
      function(.load(x), .load(y), .load(z), .load(w)).store(to: target + offset)
      offset &+= WideVector.scalarCount
      x += a.step
      y += b.step
      z += c.step
      w += d.step
    }
    if offset < elementCount {
      function(
        .init(blocks: x, stride: 0), .init(blocks: y, stride: 0), .init(blocks: z, stride: 0),
        .init(blocks: w, stride: 0)
      ).storeBlocks(at: target + offset, stride: 0)
    }
  }
}
