/// The filters of at most 8 output channels, as the model stores them.
@usableFromInline
package struct FilterVector {
  @usableFromInline let elements: UnalignedFloats
  @usableFromInline let inputCount: Int
  @usableFromInline let tapCount: Int
  @usableFromInline let outputs: Range<Int>

  @inlinable
  package init(elements: UnalignedFloats, inputCount: Int, tapCount: Int, outputs: Range<Int>) {
    (self.elements, self.inputCount) = (elements, inputCount)
    (self.tapCount, self.outputs) = (tapCount, outputs)
  }

  /// Zeros for an input channel or an output channel that is padding.
  @inlinable @inline(__always)
  package func readTaps(ofInput channel: Int, into vectors: inout FilterTransform.Vectors) {
    if channel < inputCount && outputs.count == 8 {
      let stride: Int = inputCount * tapCount
      let filters = elements + (outputs.lowerBound * stride + channel * tapCount)
      for tap in 0..<tapCount {
        vectors.taps[tap] = SIMD8(
          Double(filters[tap]), Double(filters[tap + stride]),
          Double(filters[tap + 2 * stride]), Double(filters[tap + 3 * stride]),
          Double(filters[tap + 4 * stride]), Double(filters[tap + 5 * stride]),
          Double(filters[tap + 6 * stride]), Double(filters[tap + 7 * stride]))
      }
      return
    }
    for tap in 0..<tapCount { vectors.taps[tap] = .zero }
    guard channel < inputCount else { return }
    for (lane, output) in outputs.enumerated() {
      let filter = elements + (output * inputCount + channel) * tapCount
      for tap in 0..<tapCount { vectors.taps[tap][lane] = Double(filter[tap]) }
    }
  }
}

/// `G·g·Gᵀ` of 8 filters at a time, first down the columns, then along the rows.
@usableFromInline
package struct FilterTransform: Sendable {
  /// What a transform reads and writes, in one place because it is too much to be passed by value.
  @usableFromInline
  package struct Vectors {
    /// `g`, row by row.
    @usableFromInline var taps = InlineArray<49, SIMD8<Double>>(repeating: .zero)
    /// A row of `G·g`.
    @usableFromInline var line = InlineArray<7, SIMD8<Double>>(repeating: .zero)
    @usableFromInline package var points = InlineArray<64, SIMD8<Double>>(repeating: .zero)
    var maxima = InlineArray<64, SIMD8<Double>>(repeating: .zero)

    @usableFromInline
    package init() {}
  }

  /// Taps and points down a column, then along a row.
  @usableFromInline let kernelHeight: Int
  @usableFromInline let rowCount: Int
  @usableFromInline let kernelWidth: Int
  @usableFromInline let columnCount: Int
  /// `G`, a row a point.
  @usableFromInline let rows: [Double]
  @usableFromInline let columns: [Double]

  package init(_ shape: WinogradShape) {
    (kernelHeight, rowCount) = (shape.rows.kernelExtent, shape.rows.inputExtent)
    (kernelWidth, columnCount) = (shape.columns.kernelExtent, shape.columns.inputExtent)
    rows = Self.matrix(shape.rows)
    columns = Self.matrix(shape.columns)
  }

  private static func matrix(_ axis: WinogradAxis) -> [Double] {
    WinogradMatrices(axis).filter.flatMap { row in
      row.prefix(axis.kernelExtent).map(\.doubleValue)
    }
  }

  /// From taps to points.
  @inlinable @inline(__always)
  package func apply(to vectors: inout Vectors) {
    let (height, width) = (kernelHeight, kernelWidth)
    for row in 0..<rowCount {
      for x in 0..<width {
        var sum = vectors.taps[x] * rows[row * height]
        for y in 1..<max(1, height) { sum += vectors.taps[y * width + x] * rows[row * height + y] }
        vectors.line[x] = sum
      }
      for column in 0..<columnCount {
        var sum = vectors.line[0] * columns[column * width]
        for x in 1..<max(1, width) { sum += vectors.line[x] * columns[column * width + x] }
        vectors.points[row * columnCount + column] = sum
      }
    }
  }

  /// The largest magnitudes at each point over all input channels, NaN aside.
  func computeMaxima(of filters: FilterVector, by vectors: inout Vectors) {
    for point in 0..<rowCount * columnCount { vectors.maxima[point] = .zero }
    for channel in 0..<filters.inputCount {
      filters.readTaps(ofInput: channel, into: &vectors)
      apply(to: &vectors)
      for point in 0..<rowCount * columnCount {
        vectors.maxima[point].raise(toMagnitudesOf: vectors.points[point])
      }
    }
  }
}
