import Tensors

/// The attributes that Conv and the poolings share, before `auto_pad` meets the input's extents.
///
/// All lists have one entry a spatial dimension: rows, columns.
package struct WindowAttributes: Sendable, Equatable {
  /// How the padding is given.
  package enum Padding: Sendable, Equatable {
    case explicit(begin: [Int], end: [Int])
    /// `ceil(extent / stride)` outputs; an odd padding element goes to the end.
    case sameUpper
    /// `ceil(extent / stride)` outputs; an odd padding element goes to the beginning.
    case sameLower
  }

  /// Spatial dimensions that we support.
  package static let spatialRank = 2
  /// The greatest kernel extent, stride, dilation and padding that we accept.
  package static let limit = 1 << 24

  package var kernel: [Int]
  package var strides: [Int]
  package var dilations: [Int]
  package var padding: Padding
  /// Rounds the number of pooling windows up. False unless the padding is explicit.
  package var ceilMode = false

  package init(kernel: [Int], strides: [Int], dilations: [Int], padding: Padding) {
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
  }

  /// Reads `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
  ///
  /// - Parameter inferredKernel: the kernel's extents where `kernel_shape` may be absent.
  /// - Throws: `invalidInput` for damaged attributes, `unsupported` for 1-D and 3-D windows.
  package init(_ node: Node, inferredKernel: [Int]? = nil) throws(TesseraError) {
    kernel = try node.require(
      try node.intsAttribute("kernel_shape") ?? inferredKernel, attribute: "kernel_shape")
    guard kernel.count == Self.spatialRank else {
      throw node.unsupported(
        "its window has \(kernel.count) dimensions; only 2-D images are supported")
    }
    strides = try node.intsAttribute("strides") ?? [1, 1]
    dilations = try node.intsAttribute("dilations") ?? [1, 1]
    try Self.check(kernel, count: 2, from: 1, "kernel_shape", of: node)
    try Self.check(strides, count: 2, from: 1, "strides", of: node)
    try Self.check(dilations, count: 2, from: 1, "dilations", of: node)

    let pads = try node.intsAttribute("pads")
    let zeros = [0, 0]
    switch try node.stringAttribute("auto_pad") ?? "NOTSET" {
    case "NOTSET", "":
      let pads = pads ?? zeros + zeros
      try Self.check(pads, count: 4, from: 0, "pads", of: node)
      padding = .explicit(begin: Array(pads.prefix(2)), end: Array(pads.suffix(2)))
      ceilMode = try node.flagAttribute("ceil_mode")
    case "VALID": padding = .explicit(begin: zeros, end: zeros)
    case "SAME_UPPER": padding = .sameUpper
    case "SAME_LOWER": padding = .sameLower
    case let other:
      throw node.invalid(
        "auto_pad is '\(other)', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID")
    }
  }

  private static func check(
    _ values: [Int], count: Int, from least: Int, _ name: String, of node: Node
  ) throws(TesseraError) {
    guard values.count == count, values.allSatisfy({ (least...limit).contains($0) }) else {
      throw node.invalid(
        "the attribute '\(name)' is \(listDescription(values)), expected \(count) values in "
          + "\(least)...\(limit)")
    }
  }

  /// Elements from the first to the last that a window covers along a dimension, inclusive.
  package func span(_ dimension: Int) -> Int { (kernel[dimension] - 1) * dilations[dimension] + 1 }

  /// Padding elements before and after a dimension of `extent` elements.
  package func pads(_ dimension: Int, extent: Int) -> (begin: Int, end: Int) {
    switch padding {
    case .explicit(let begin, let end): return (begin[dimension], end[dimension])
    case .sameUpper, .sameLower:
      let stride = strides[dimension]
      let windows = (extent + stride - 1) / stride
      let total = max((windows - 1) * stride + span(dimension) - extent, 0)
      let less = total / 2
      return padding == .sameUpper ? (less, total - less) : (total - less, less)
    }
  }

  /// Windows along a dimension of `extent` elements; not positive if not even one fits.
  ///
  /// With `ceilMode`, the last window may reach beyond the padding, be it the only one, and one that would
  /// start in the padding at the end is left out.
  package func outputExtent(_ dimension: Int, extent: Int) -> Int {
    let (begin, end) = pads(dimension, extent: extent)
    let stride = strides[dimension]
    let room = extent + begin + end - span(dimension)
    guard room >= 0 || (ceilMode && room > -stride) else { return 0 }
    // Division cuts towards zero, which rounds a negative quotient up.
    let windows = (ceilMode && room > 0 ? (room + stride - 1) / stride : room / stride) + 1
    return ceilMode && (windows - 1) * stride >= extent + begin ? windows - 1 : windows
  }

  /// True if a window along a dimension of `extent` elements may cover padding alone.
  package func mayCoverPaddingAlone(_ dimension: Int, extent: Int) -> Bool {
    let (begin, end) = pads(dimension, extent: extent)
    guard begin > 0 || end > 0 else { return false }
    let lastStart = (outputExtent(dimension, extent: extent) - 1) * strides[dimension] - begin
    // A dilation beyond the extent can step over all of the input.
    return begin >= span(dimension) || lastStart >= extent
      || (kernel[dimension] > 1 && dilations[dimension] > extent)
  }

  /// The spatial extents of the output.
  ///
  /// - Throws: `invalidInput` if not even one window fits.
  package func outputDimensions(for input: [Dimension], of node: Node) throws(TesseraError)
    -> [Dimension]
  {
    var output: [Dimension] = []
    for (index, dimension) in input.enumerated() {
      guard let extent = dimension.value else {
        output.append(preservesExtent(index) ? dimension : .unknown)
        continue
      }
      let windows = outputExtent(index, extent: extent)
      guard windows > 0 else {
        let (begin, end) = pads(index, extent: extent)
        throw node.invalid(
          "its window spans \(span(index)) \(index == 0 ? "rows" : "columns"), but the padded "
            + "input has only \(extent + begin + end)")
      }
      output.append(.fixed(windows))
    }
    return output
  }

  /// True if the output's extent equals the input's, whatever it is.
  private func preservesExtent(_ dimension: Int) -> Bool {
    guard strides[dimension] == 1 else { return false }
    switch padding {
    case .sameUpper, .sameLower: return true
    case .explicit(let begin, let end):
      return begin[dimension] + end[dimension] == span(dimension) - 1
    }
  }
}
