import CMachine
import KernelInterface
import KernelVectors

/// `Σ_k input[k] · weights[k][o]` for a panel of one or two vectors of outputs, the weights being widened
/// in registers.
///
/// Four sums run side by side (`k` modulo 4), which hides the latency of a multiply-add. They start
/// from zero every `passCount` inputs, so that the rounding error grows with the number of passes.
enum DotProducts<Reader: WeightReader> {
  private static var passCount: Int { 1024 }
  /// Bytes by which weights are asked for ahead of their use. The CPU's own prefetching keeps up with
  /// float32; of narrower weights a multiply-add takes fewer bytes, so that too few of them are on their
  /// way. To tune it, run `KernelBenchmark --layer fc7`.
  private static var prefetchByteCount: Int { 2048 }

  static func compute(
    _ input: UnsafePointer<Float>, _ weights: UnsafeRawPointer, count: Int, vectorCount: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    if vectorCount == 2 {
      let total = Sums<2>.total(input, weights, count: count)
      target.store(total.first, at: 0)
      target.store(total.second, at: Vector.scalarCount)
    } else {
      target.store(Sums<1>.total(input, weights, count: count).first, at: 0)
    }
  }

  /// One or two vectors of sums.
  private struct Sums<let vectors: Int> {
    var first = Vector.zero
    var second = Vector.zero

    @inline(__always)
    mutating func addProduct(_ x: Float, _ weights: UnsafeRawPointer) {
      let x = Vector(repeating: x)
      first = Arithmetic.multiplyAdd(x, Reader.vector(at: weights), first)
      if vectors == 2 {
        let weights = weights + Vector.scalarCount &* Reader.byteCount
        second = Arithmetic.multiplyAdd(x, Reader.vector(at: weights), second)
      }
    }

    @inline(__always)
    static func + (a: Self, b: Self) -> Self {
      Self(first: a.first + b.first, second: a.second + b.second)
    }

    @inline(__always)
    static func total(_ input: UnsafePointer<Float>, _ weights: UnsafeRawPointer, count: Int)
      -> Self
    {
      let width: Int = vectors &* Vector.scalarCount &* Reader.byteCount
      var total = Self()
      var start = 0
      while start < count {
        let end = min(count, start &+ passCount)
        var (a, b, c, d) = (Self(), Self(), Self(), Self())
        var k = start
        var row = weights + start &* width
        while k &+ 4 <= end {
          if Reader.byteCount < MemoryLayout<Float>.size {
            for line in 0..<max(1, 4 &* width / 64) {
              tessera_prefetch(row + (prefetchByteCount &+ line &* 64))
            }
          }
          a.addProduct(input[k], row)
          b.addProduct(input[k &+ 1], row + width)
          c.addProduct(input[k &+ 2], row + 2 &* width)
          d.addProduct(input[k &+ 3], row + 3 &* width)
          row += 4 &* width
          k &+= 4
        }
        while k < end {
          a.addProduct(input[k], row)
          row += width
          k &+= 1
        }
        total = total + ((a + b) + (c + d))
        start = end
      }
      return total
    }
  }
}

extension PanelWeights {
  /// Writes `Σ_k input[k] · weights[k][o]` of the first `count` rows `k` to `target`.
  func dotProducts(
    _ input: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    func compute<Reader: WeightReader>(_: Reader.Type) {
      DotProducts<Reader>.compute(
        input, base, count: count, vectorCount: vectorCount, into: target)
    }
    switch type {
    case .float32: compute(Float32Weights.self)
    case .float16: compute(Float16Weights.self)
    case .bfloat16: compute(BFloat16Weights.self)
    case .int8: compute(Int8Weights.self)
    }
  }
}
