import KernelInterface
import KernelVectors

/// The packed weights of one panel, `[row][vector]` of any type; a row is what one input is multiplied by.
struct PanelWeights {
  let type: WeightType
  let base: UnsafeRawPointer
  /// Vectors of outputs, 1 or 2.
  let vectorCount: Int
  /// Vectors from one row to the next, more than `vectorCount` where several panels lie side by side.
  let rowVectorCount: Int

  init(type: WeightType, base: UnsafeRawPointer, vectorCount: Int, rowVectorCount: Int? = nil) {
    self.type = type
    self.base = base
    self.vectorCount = vectorCount
    self.rowVectorCount = rowVectorCount ?? vectorCount
  }

  /// Where the weights of a row lie.
  func address(ofRow row: Int) -> UnsafeRawPointer { base + byteCount(ofRows: row) }

  /// Of all panels that lie side by side.
  func byteCount(ofRows count: Int) -> Int {
    count * rowVectorCount * Vector.scalarCount * type.byteCount
  }

  /// The weights of `rows` as `[row][vector]` of float32: where they lie or, if they do not lie together or are of
  /// another type, widened into `buffer`, times `[vector]` scales if there are any.
  func floats(
    ofRows rows: Range<Int>, scales: UnsafePointer<Float>? = nil,
    buffer: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    var upcoming = UpcomingLines.none(base)
    return floats(ofRows: rows, scales: scales, buffer: buffer, &upcoming)
  }

  /// The same; `upcoming` is stepped every `rowsPerStep` rows that are widened.
  func floats(
    ofRows rows: Range<Int>, scales: UnsafePointer<Float>? = nil,
    buffer: UnsafeMutablePointer<Float>, _ upcoming: inout UpcomingLines
  ) -> UnsafePointer<Float> {
    let source = address(ofRow: rows.lowerBound)
    switch type {
    case .float32:
      if rowVectorCount == vectorCount { return source.assumingMemoryBound(to: Float.self) }
      widen(Float32Weights.self, source, rows.count, scales, buffer, &upcoming)
    case .float16: widen(Float16Weights.self, source, rows.count, scales, buffer, &upcoming)
    case .bfloat16: widen(BFloat16Weights.self, source, rows.count, scales, buffer, &upcoming)
    case .int8: widen(Int8Weights.self, source, rows.count, scales, buffer, &upcoming)
    case .int24: widen(Int24Weights.self, source, rows.count, scales, buffer, &upcoming)
    }
    return UnsafePointer(buffer)
  }

  static let rowsPerStep = 8

  @inline(__always)
  private func widen<Reader: WeightReader>(
    _: Reader.Type, _ source: UnsafeRawPointer, _ rowCount: Int, _ scales: UnsafePointer<Float>?,
    _ buffer: UnsafeMutablePointer<Float>, _ upcoming: inout UpcomingLines
  ) {
    if vectorCount == 2 {
      let scale = scales.map { SIMD16<Float>.load($0) }
      widen(Reader.self, source, rowCount, scale, buffer, &upcoming)
    } else {
      let scale = scales.map { SIMD8<Float>.load($0) }
      widen(Reader.self, source, rowCount, scale, buffer, &upcoming)
    }
  }

  @inline(__always)
  private func widen<Reader: WeightReader, V: WeightVector>(
    _: Reader.Type, _ source: UnsafeRawPointer, _ rowCount: Int, _ scale: V?,
    _ buffer: UnsafeMutablePointer<Float>, _ upcoming: inout UpcomingLines
  ) {
    let stride = byteCount(ofRows: 1)
    var (from, to) = (source, buffer)
    var remaining = rowCount
    while remaining > 0 {
      upcoming.step()
      for _ in 0..<min(Self.rowsPerStep, remaining) {
        let weights = V.read(from, Reader.self)
        (scale.map { weights.multiplied(by: $0) } ?? weights).store(to: to)
        from += stride
        to += V.width
      }
      remaining &-= Self.rowsPerStep
    }
  }
}
