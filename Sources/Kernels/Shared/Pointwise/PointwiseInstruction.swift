import Glibc
import KernelInterface
import KernelVectors
import PointwisePrograms

/// One instruction of a pointwise program over some vectors.
enum PointwiseInstruction {
  /// - Parameter target: may be one of the operands.
  static func apply(
    _ operation: PointwiseOperation, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>, vectorCount: Int
  ) {
    typealias Functions = Transcendentals<Arithmetic>
    switch operation {
    case .constant: break
    case .add: apply(left, right, target, vectorCount) { $0 + $1 }
    case .subtract: apply(left, right, target, vectorCount) { $0 - $1 }
    case .multiply: apply(left, right, target, vectorCount) { $0 * $1 }
    case .divide: apply(left, right, target, vectorCount) { $0 / $1 }
    case .minimum:
      apply(left, right, target, vectorCount) {
        $0.replacing(with: $1, where: ($1 .< $0) .| ($1 .!= $1))
      }
    case .maximum: apply(left, right, target, vectorCount) { KernelVectors.maximum($0, $1) }
    case .negate: apply(left, target, vectorCount) { -$0 }
    case .absolute:
      apply(left, target, vectorCount) {
        unsafeBitCast(
          unsafeBitCast($0, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Vector.self)
      }
    case .squareRoot: apply(left, target, vectorCount) { $0.squareRoot() }
    case .exponential: apply(left, target, vectorCount) { Functions.exponential($0) }
    case .sigmoid: apply(left, target, vectorCount) { Functions.sigmoid($0) }
    case .hyperbolicTangent: apply(left, target, vectorCount) { Functions.hyperbolicTangent($0) }
    case .logarithm: apply(left, target, vectorCount) { Functions.logarithm($0) }
    case .logarithmOfOnePlus:
      apply(left, target, vectorCount) { Functions.logarithmOfOnePlus($0) }
    case .errorFunction: apply(left, target, vectorCount) { Functions.errorFunction($0) }
    case .sine: apply(left, target, vectorCount) { lanes($0, $0) { x, _ in sinf(x) } }
    case .cosine: apply(left, target, vectorCount) { lanes($0, $0) { x, _ in cosf(x) } }
    case .floor: apply(left, target, vectorCount) { $0.rounded(.down) }
    case .ceiling: apply(left, target, vectorCount) { $0.rounded(.up) }
    case .roundToEven: apply(left, target, vectorCount) { $0.rounded(.toNearestOrEven) }
    case .sign:
      apply(left, target, vectorCount) {
        $0.replacing(with: 1, where: $0 .> 0).replacing(with: -1, where: $0 .< 0)
      }
    case .power: apply(left, right, target, vectorCount) { lanes($0, $1, powf) }
    case .remainder: apply(left, right, target, vectorCount) { lanes($0, $1, fmodf) }
    case .equal: apply(left, right, target, vectorCount) { truth($0 .== $1) }
    case .less: apply(left, right, target, vectorCount) { truth($0 .< $1) }
    case .lessOrEqual: apply(left, right, target, vectorCount) { truth($0 .<= $1) }
    case .selectWhere:
      apply(left, right, target, vectorCount) { $1.replacing(with: 0, where: $0 .== 0) }
    case .selectUnless:
      apply(left, right, target, vectorCount) { Vector.zero.replacing(with: $1, where: $0 .== 0) }
    case .union:
      apply(left, right, target, vectorCount) {
        unsafeBitCast(
          unsafeBitCast($0, to: SIMD8<UInt32>.self) | unsafeBitCast($1, to: SIMD8<UInt32>.self),
          to: Vector.self)
      }
    }
  }

  /// 1 where a comparison holds, else 0.
  @inline(__always)
  private static func truth(_ mask: SIMDMask<SIMD8<Int32>>) -> Vector {
    Vector.zero.replacing(with: 1, where: mask)
  }

  @inline(__always)
  private static func lanes(_ x: Vector, _ y: Vector, _ function: (Float, Float) -> Float)
    -> Vector
  {
    var result = x
    for lane in 0..<Vector.scalarCount { result[lane] = function(x[lane], y[lane]) }
    return result
  }

  @inline(__always)
  private static func apply(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ vectorCount: Int,
    _ function: (Vector, Vector) -> Vector
  ) {
    var offset = 0
    for _ in 0..<vectorCount {
      target.store(function(left.vector(at: offset), right.vector(at: offset)), at: offset)
      offset &+= Vector.scalarCount
    }
  }

  @inline(__always)
  private static func apply(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ vectorCount: Int,
    _ function: (Vector) -> Vector
  ) {
    var offset = 0
    for _ in 0..<vectorCount {
      target.store(function(source.vector(at: offset)), at: offset)
      offset &+= Vector.scalarCount
    }
  }
}
