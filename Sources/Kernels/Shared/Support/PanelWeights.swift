import KernelInterface
import KernelVectors

/// The packed weights of one panel, `[row][vector]` of any type; a row is what one input is multiplied by.
struct PanelWeights {
  let type: WeightType
  let base: UnsafeRawPointer
  /// Vectors of outputs, 1 or 2.
  let vectorCount: Int

  /// Where the weights of a row lie.
  func address(ofRow row: Int) -> UnsafeRawPointer { base + byteCount(ofRows: row) }

  func byteCount(ofRows count: Int) -> Int {
    count * vectorCount * Vector.scalarCount * type.byteCount
  }

  /// The weights of `rows` as `[row][vector]` of float32: where they lie or, of another type, widened into
  /// `buffer`, times `[vector]` scales if there are any.
  func floats(
    ofRows rows: Range<Int>, scales: UnsafePointer<Float>? = nil,
    buffer: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let source = address(ofRow: rows.lowerBound)
    func widen<Reader: WeightReader>(_: Reader.Type) -> UnsafePointer<Float> {
      let step: Int = Vector.scalarCount &* Reader.byteCount
      let one = Vector(repeating: 1)
      let first = scales?.vector(at: 0) ?? one
      let last = scales?.vector(at: (vectorCount - 1) * Vector.scalarCount) ?? one
      var (from, to) = (source, buffer)
      for _ in rows {
        to.store(Reader.vector(at: from) * first, at: 0)
        if vectorCount == 2 {
          to.store(Reader.vector(at: from + step) * last, at: Vector.scalarCount)
        }
        from += vectorCount &* step
        to += vectorCount &* Vector.scalarCount
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
