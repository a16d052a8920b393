import KernelInterface
import KernelVectors

/// A step of gradient descent; the contract is `MomentumUpdateDescriptor`'s.
struct MomentumUpdate {
  private let weights: UnsafeMutablePointer<Float>
  private let velocity: UnsafeMutablePointer<Float>
  private let gradient: UnsafePointer<Float>
  private let settings: UnsafePointer<Float>

  static let kernel = Kernel(MomentumUpdateDescriptor.self) { update, operands in
    let call = MomentumUpdate(
      weights: operands[0].assumingMemoryBound(to: Float.self),
      velocity: operands[1].assumingMemoryBound(to: Float.self),
      gradient: UnsafePointer(operands[2].assumingMemoryBound(to: Float.self)),
      settings: UnsafePointer(operands[3].assumingMemoryBound(to: Float.self)))
    let chunks = Chunks(elementCount: update.elementCount)
    return [
      WorkPhase(itemCount: chunks.count) { item, _ in
        call.compute(chunks.elements(ofChunk: item))
      }
    ]
  }

  private func compute(_ elements: Range<Int>) {
    let (rate, momentum, decay, scale) = (settings[0], settings[1], settings[2], settings[3])
    var index = elements.lowerBound
    while index + Vector.scalarCount <= elements.upperBound {
      let old = weights.vector(at: index)
      let slope = gradient.vector(at: index) * scale + old * decay
      let step = velocity.vector(at: index) * momentum - slope * rate
      velocity.store(step, at: index)
      weights.store(old + step, at: index)
      index += Vector.scalarCount
    }
    while index < elements.upperBound {
      let slope = gradient[index] * scale + weights[index] * decay
      velocity[index] = velocity[index] * momentum - slope * rate
      weights[index] += velocity[index]
      index += 1
    }
  }
}
