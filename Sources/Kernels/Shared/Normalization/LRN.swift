import KernelInterface
import KernelVectors
import Platform

/// Local response normalisation; the contract is `LRNDescriptor`'s. An item is a band of rows of one
/// image with all its channels. The squares of a pixel's channels are gathered in the workspace, zeros
/// around them, so that the window never leaves it.
struct LRN {
  private static let bandElementCount = 1 << 13

  private let norm: LRNDescriptor
  private let bandCount: Int
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(LRNDescriptor.self) { norm, operands in
    let rowElementCount = norm.output.width * norm.output.channels
    let bandHeight = ceilingQuotient(bandElementCount, max(1, rowElementCount))
    let call = LRN(
      norm: norm, bandCount: max(1, norm.output.height / bandHeight),
      input: operands.constantFloats(0), output: operands.floats(1))
    return [
      WorkPhase(itemCount: norm.output.isEmpty ? 0 : norm.output.batch * call.bandCount) {
        call.compute(item: $0, squares: $1.assumingMemoryBound(to: Float.self))
      }
    ]
  }

  private func compute(item: Int, squares: UnsafeMutablePointer<Float>) {
    let (image, band) = item.quotientAndRemainder(dividingBy: bandCount)
    let (from, to) = (norm.input, norm.output)
    let rows = to.height * band / bandCount..<to.height * (band + 1) / bandCount
    squares.fillZero(count: norm.squareCount)
    for row in rows {
      for column in 0..<to.width {
        normalize(
          input + image * from.imageStride + from.rowOffset(row) + column * from.channelBlock,
          into: output + image * to.imageStride + to.rowOffset(row) + column * to.channelBlock,
          squares: squares)
      }
    }
    for block in 0..<to.channelBlockCount {
      BlockedBandWriter(layout: to).finish(
        plane: output + to.planeOffset(image: image, block: block), rows: rows,
        usedLanes: to.usedLanes(ofBlock: block))
    }
  }

  /// All channels of one pixel.
  private func normalize(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>,
    squares: UnsafeMutablePointer<Float>
  ) {
    let (from, to) = (norm.input, norm.output)
    let block: Int = to.channelBlock
    let center = squares + norm.channelsBefore
    for channel in 0..<to.channels {
      let x = source[channel / block * from.channelBlockStride + channel % block]
      center[channel] = x * x
    }
    let factor = Vector(repeating: norm.alpha / Float(norm.size))
    let windowCount: Int = norm.channelsBefore + 1 + norm.channelsAfter
    for first in stride(from: 0, to: to.channels, by: Vector.scalarCount) {
      var sum = Vector.zero
      for index in 0..<windowCount { sum += squares.vector(at: first + index) }
      let base = Arithmetic.multiplyAdd(sum, factor, Vector(repeating: norm.bias))
      let scale = inversePower(base)
      for channel in first..<min(to.channels, first + Vector.scalarCount) {
        let x = source[channel / block * from.channelBlockStride + channel % block]
        target[channel / block * to.channelBlockStride + channel % block] =
          x * scale[channel - first]
      }
    }
  }

  /// `base ^ -beta`; by square roots for the usual beta of ¾.
  private func inversePower(_ base: Vector) -> Vector {
    if norm.beta == 0.75 {
      let root = base.squareRoot()
      return Vector(repeating: 1) / (root * root.squareRoot())
    }
    var result = base
    for lane in 0..<Vector.scalarCount { result[lane] = powf(base[lane], -norm.beta) }
    return result
  }
}
