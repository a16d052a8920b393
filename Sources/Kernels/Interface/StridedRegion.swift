import Tensors

/// The elements that a nest of loops over `extents` visits from `offset` on.
struct StridedRegion {
  /// The lowest element offset; may be negative.
  let firstOffset: Int
  /// One past the highest element offset; equal to `firstOffset` if an extent is 0.
  let endOffset: Int
  /// True if the strides show that no two indices meet: ordered by stride, each dimension steps over
  /// all that the ones before it span.
  let visitsEachElementOnce: Bool

  /// - Throws: `TesseraError` if an offset or the number of elements overflows.
  init(extents: [Int], offset: Int, strides: [Int]) throws(TesseraError) {
    var elementCount = 1
    var lowest = offset
    var highest = offset
    var dimensions: [(stride: Int, extent: Int)] = []
    for (extent, stride) in zip(extents, strides) where extent != 1 {
      elementCount = try checkedProduct(elementCount, max(1, extent))
      let reach = try checkedProduct(max(0, extent - 1), abs(stride))
      let (low, lowOverflow) = lowest.subtractingReportingOverflow(stride < 0 ? reach : 0)
      let (high, highOverflow) = highest.addingReportingOverflow(stride < 0 ? 0 : reach)
      try require(!lowOverflow && !highOverflow, "a strided region reaches too far")
      (lowest, highest) = (low, high)
      dimensions.append((abs(stride), extent))
    }
    let isEmpty = extents.contains(0)
    firstOffset = isEmpty ? offset : lowest
    let (end, overflow) = highest.addingReportingOverflow(1)
    try require(!overflow, "a strided region reaches too far")
    endOffset = isEmpty ? offset : end

    dimensions.sort { $0.stride < $1.stride }
    var span = 1
    var isNested = true
    for (stride, extent) in dimensions where !isEmpty {
      let (next, overflow) = span.addingReportingOverflow((extent - 1) * stride)
      guard stride >= span, !overflow else {
        isNested = false
        break
      }
      span = next
    }
    visitsEachElementOnce = isNested
  }
}
