import Tensors

/// Resamples images by rows and by columns: resizing with any filter, padding, cropping, steps.
///
/// `output[n, c, y, x] = Σ w(y, i) · w(x, j) · input[n, c, index(y, i), index(x, j)]`, where the rows and
/// the columns each have a table of taps. An axis of one tap has no weights: elements are copied. Where
/// the taps lie outside (`ResamplingAxis.outside`), the result is `fill`.
///
/// Operands: input, output (same batch, channels and `channelBlock`).
package struct ResampleDescriptor: ImageKernelDescriptor {
  package static let kernelName = "resample"

  package var input = ImageLayout()
  package var output = ImageLayout()
  package var rows = ResamplingAxis()
  package var columns = ResamplingAxis()
  package var fill: Float = 0

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try rows.visitFields("rows", &visitor)
    try columns.visitFields("columns", &visitor)
    try visitor.visit("fill", &fill)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let operands = try requireSameChannels(Self.kernelName, input, output)
    try rows.requireTable(from: input.height, to: output.height, "rows")
    try columns.requireTable(from: input.width, to: output.width, "columns")
    return KernelRequirements(
      operands: operands,
      floatOperationCount: try checkedProduct(
        2, output.batch, output.channels, output.height, output.width, rows.tapCount,
        columns.tapCount))
  }
}

/// What each element along one axis of a result is made of.
package struct ResamplingAxis: Sendable, Equatable {
  /// The index of a tap that has no element: all taps of an element or none.
  package static let outside = -1
  /// Entries that a table may have.
  package static let maximumCount = 1 << 22

  /// Taps of each element of the result.
  package var tapCount = 1
  /// By element and tap; none at all where each element is copied from its own place.
  package var indices: [Int] = []
  /// As many as indices, but none where there is one tap.
  package var weights: [Float] = []

  package init() {}

  /// Copies of the elements at `indices`.
  package init(copying indices: [Int]) { self.indices = indices }

  package var isIdentity: Bool { indices.isEmpty && tapCount == 1 }

  fileprivate mutating func visitFields<Visitor: FieldVisitor>(
    _ prefix: String, _ visitor: inout Visitor
  ) throws(TesseraError) {
    try visitor.visit("\(prefix).taps", &tapCount, in: 1...Self.maximumCount)
    try visitor.visit(
      "\(prefix).indices", &indices, in: Self.outside...maximumExtent,
      maximumCount: Self.maximumCount)
    if weights.count != (tapCount > 1 ? indices.count : 0) {
      weights = Array(repeating: 0, count: tapCount > 1 ? indices.count : 0)
    }
    for index in weights.indices {
      try visitor.visit("\(prefix).weights[\(index)]", &weights[index])
    }
  }

  fileprivate func requireTable(
    from inputExtent: Int, to outputExtent: Int, _ name: String
  ) throws(TesseraError) {
    if isIdentity {
      return try require(
        outputExtent == 0 || inputExtent == outputExtent,
        "resample copies \(inputExtent) \(name) to \(outputExtent)")
    }
    let expected = try checkedProduct(outputExtent, tapCount)
    try require(
      indices.count == expected,
      "resample has \(indices.count) indices of \(name), expected \(expected)")
    try require(
      weights.count == (tapCount > 1 ? indices.count : 0),
      "resample has \(weights.count) weights for \(indices.count) indices of \(name)")
    try require(
      indices.allSatisfy { $0 < inputExtent }, "resample reads beyond \(inputExtent) \(name)")
    for element in 0..<outputExtent where tapCount > 1 {
      let taps = indices[element * tapCount..<(element + 1) * tapCount]
      try require(
        taps.first != Self.outside
          ? !taps.contains(Self.outside) : taps.allSatisfy { $0 == Self.outside },
        "resample mixes \(name) inside and outside")
    }
  }
}
