import CMachine
import KernelInterface
import KernelVectors

/// `Σ_k input[k] · weights[k][o]` for a group of outputs, the weights being widened in registers. Inputs that
/// are 0 may be left out, with their weights: the result has the same bits.
///
/// Each output has one sum, which starts from zero in each pass of `FullyConnectedTiling`, as those of several
/// rows do, whose bits it has. The sums of a group side by side hide the latency of a multiply-add.
struct DotProducts {
  /// Inputs whose weights are on their way: a CPU's own prefetching loses its way among gaps, and does not
  /// keep up with narrow types. To tune it, run `KernelBenchmark --layer fc6 --zeros 0.5`.
  private static var prefetchedCount: Int { 32 }

  let masks: InputMasks
  /// `[input][panel]`.
  let weights: UnsafeRawPointer
  let type: WeightType
  /// Outputs of the group: 8, 16, 32 or 64.
  let outputCount: Int

  func compute(into target: UnsafeMutablePointer<Float>) {
    switch type {
    case .float32: compute(Float32Weights.self, into: target)
    case .float16: compute(Float16Weights.self, into: target)
    case .bfloat16: compute(BFloat16Weights.self, into: target)
    case .int8: compute(Int8Weights.self, into: target)
    case .int24: compute(Int24Weights.self, into: target)
    }
  }

  @inline(__always)
  private func compute<Reader: WeightReader>(
    _: Reader.Type, into target: UnsafeMutablePointer<Float>
  ) {
    switch outputCount {
    case 8: GroupSums<1, SIMD8<Float>, Reader>.total(self).store(to: target)
    case 16: GroupSums<1, SIMD16<Float>, Reader>.total(self).store(to: target)
    case 32: GroupSums<2, SIMD16<Float>, Reader>.total(self).store(to: target)
    default: GroupSums<4, SIMD16<Float>, Reader>.total(self).store(to: target)
    }
  }

  /// The sums of a group of outputs, panel by panel.
  private struct GroupSums<let panels: Int, V: WeightVector, Reader: WeightReader> {
    var sum0 = V.zero
    var sum1 = V.zero
    var sum2 = V.zero
    var sum3 = V.zero

    /// Bytes of the weights of an input.
    @inline(__always)
    static var rowByteCount: Int { panels &* V.width &* Reader.byteCount }

    @inline(__always)
    static func total(_ products: DotProducts) -> Self {
      let (masks, weights) = (products.masks, products.weights)
      var upcoming = InputCursor(masks)
      if masks.skipsZeros {
        for _ in 0..<prefetchedCount { prefetch(weights + upcoming.next() &* rowByteCount) }
      }
      var total = Self()
      var start = 0
      while start < masks.count {
        let end = min(masks.count, start &+ FullyConnectedTiling.passInputCount)
        var sums = Self()
        if masks.skipsZeros {
          sums.addNonzeroProducts(start..<end, masks, weights, &upcoming)
        } else {
          var row = weights + start &* rowByteCount
          for k in start..<end {
            prefetch(row + prefetchedCount &* rowByteCount)
            sums.addProduct(masks.input[k], row)
            row += rowByteCount
          }
        }
        if start == 0 { total = sums } else { total.add(sums) }
        start = end
      }
      return total
    }

    @inline(__always)
    private mutating func addNonzeroProducts(
      _ inputs: Range<Int>, _ masks: InputMasks, _ weights: UnsafeRawPointer,
      _ upcoming: inout InputCursor
    ) {
      var start = inputs.lowerBound
      while start < inputs.upperBound {
        var mask = masks.nonzeros(from: start)
        while mask != 0 {
          let k = start &+ mask.trailingZeroBitCount
          mask &= mask &- 1
          Self.prefetch(weights + upcoming.next() &* Self.rowByteCount)
          addProduct(masks.input[k], weights + k &* Self.rowByteCount)
        }
        start &+= InputMasks.width
      }
    }

    @inline(__always)
    private static func prefetch(_ row: UnsafeRawPointer) {
      tessera_prefetch(row)
      if rowByteCount > 64 { tessera_prefetch(row + 64) }
      if rowByteCount > 128 { tessera_prefetch(row + 128) }
      if rowByteCount > 192 { tessera_prefetch(row + 192) }
    }

    @inline(__always)
    private mutating func addProduct(_ x: Float, _ row: UnsafeRawPointer) {
      let step: Int = V.width &* Reader.byteCount
      sum0.addProduct(x, V.read(row, Reader.self), Arithmetic.self)
      if panels > 1 { sum1.addProduct(x, V.read(row + step, Reader.self), Arithmetic.self) }
      if panels > 2 {
        sum2.addProduct(x, V.read(row + 2 &* step, Reader.self), Arithmetic.self)
        sum3.addProduct(x, V.read(row + 3 &* step, Reader.self), Arithmetic.self)
      }
    }

    @inline(__always)
    private mutating func add(_ other: Self) {
      sum0 = sum0.adding(other.sum0)
      sum1 = sum1.adding(other.sum1)
      sum2 = sum2.adding(other.sum2)
      sum3 = sum3.adding(other.sum3)
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>) {
      sum0.store(to: target)
      if panels > 1 { sum1.store(to: target + V.width) }
      if panels > 2 {
        sum2.store(to: target + 2 &* V.width)
        sum3.store(to: target + 3 &* V.width)
      }
    }
  }
}
