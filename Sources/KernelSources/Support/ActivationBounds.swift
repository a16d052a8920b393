import KernelInterface

/// An activation as two bounds, infinite where there is none. NaN passes through.
struct ActivationBounds {
  let low: Float
  let high: Float

  static let none = ActivationBounds(.identity)

  init(_ activation: Activation) {
    switch activation.kind {
    case .identity: (low, high) = (-.infinity, .infinity)
    case .relu: (low, high) = (0, .infinity)
    case .clamp: (low, high) = (activation.low, activation.high)
    }
  }

  @inline(__always)
  func apply(_ x: Vector) -> Vector {
    let low = Vector(repeating: low)
    let high = Vector(repeating: high)
    let raised = x.replacing(with: low, where: x .< low)
    return raised.replacing(with: high, where: raised .> high)
  }

  @inline(__always)
  func apply(_ x: Float) -> Float {
    let raised = x < low ? low : x
    return raised > high ? high : raised
  }
}
