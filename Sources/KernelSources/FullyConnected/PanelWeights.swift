import KernelInterface
import KernelVectors

/// The packed weights of one panel, `[input][vector]` of any type.
struct PanelWeights {
  let type: WeightType
  let base: UnsafeRawPointer
  /// Vectors of outputs, 1 or 2.
  let vectorCount: Int

  private var width: Int { vectorCount * Vector.scalarCount }

  /// Where the weights of an input lie.
  func address(ofInput input: Int) -> UnsafeRawPointer { base + byteCount(ofInputs: input) }

  func byteCount(ofInputs count: Int) -> Int { count * width * type.byteCount }

  /// Writes `Σ_k input[k] · weights[k][o]` of the first `count` inputs to `target`.
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

  /// The weights of `inputs` as `[input][vector]` of float32: where they lie or, of another type, widened
  /// into `buffer`.
  func floats(
    ofInputs inputs: Range<Int>, buffer: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let source = address(ofInput: inputs.lowerBound)
    func widen<Reader: WeightReader>(_: Reader.Type) -> UnsafePointer<Float> {
      let step: Int = Vector.scalarCount &* Reader.byteCount
      for vector in 0..<inputs.count &* vectorCount {
        buffer.store(Reader.vector(at: source + vector &* step), at: vector &* Vector.scalarCount)
      }
      return UnsafePointer(buffer)
    }
    switch type {
    case .float32: return source.assumingMemoryBound(to: Float.self)
    case .float16: return widen(Float16Weights.self)
    case .bfloat16: return widen(BFloat16Weights.self)
    case .int8: return widen(Int8Weights.self)
    }
  }
}

private enum Float16Weights: WeightReader {
  @inline(__always)
  static var byteCount: Int { 2 }

  @inline(__always)
  static func vector(at address: UnsafeRawPointer) -> Vector {
    Arithmetic.widened(halves: address.loadUnaligned(as: SIMD8<UInt16>.self))
  }
}
