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
    }
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
