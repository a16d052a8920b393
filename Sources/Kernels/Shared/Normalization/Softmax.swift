import KernelInterface
import Platform

/// Soft-max or its logarithm; the contract is `SoftmaxDescriptor`'s. The sum is formed in float64. An
/// item is a run of neighbouring (outer, inner) pairs.
struct Softmax {
  private let softmax: SoftmaxDescriptor
  private let chunks: Chunks
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(SoftmaxDescriptor.self) { softmax, operands in
    let call = Softmax(
      softmax: softmax,
      chunks: Chunks(
        elementCount: softmax.axisCount == 0 ? 0 : softmax.outerCount * softmax.innerCount,
        chunkElementCount: (1 << 12) / max(1, softmax.axisCount)),
      input: operands.constantFloats(0), output: operands.floats(1))
    return [WorkPhase(itemCount: call.chunks.count) { item, _ in call.compute(item: item) }]
  }

  private func compute(item: Int) {
    for pair in chunks.elements(ofChunk: item) {
      let (outer, inner) = pair.quotientAndRemainder(dividingBy: softmax.innerCount)
      let offset: Int = outer * softmax.axisCount * softmax.innerCount + inner
      normalize(input + offset, into: output + offset)
    }
  }

  /// One line along the axis.
  private func normalize(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    let count: Int = softmax.axisCount
    let step: Int = softmax.innerCount
    var largest = x[0]
    for index in 1..<max(1, count) where x[index * step] > largest { largest = x[index * step] }
    var sum = 0.0
    if softmax.isLogarithmic {
      for index in 0..<count { sum += Double(expf(x[index * step] - largest)) }
      let shift = Float(log(sum))
      for index in 0..<count { y[index * step] = x[index * step] - largest - shift }
    } else {
      for index in 0..<count {
        let power = expf(x[index * step] - largest)
        y[index * step] = power
        sum += Double(power)
      }
      let scale = Float(1 / sum)
      for index in 0..<count { y[index * step] *= scale }
    }
  }
}
