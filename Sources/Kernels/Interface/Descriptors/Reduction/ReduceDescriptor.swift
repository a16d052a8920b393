import Tensors

/// One number of the elements along some dimensions of a float32 tensor, for each index of the others.
///
/// For every index `i` within `extents`, the result is that of `operation` over the elements at
/// `offset + Σ i·strides + Σ j·reducedStrides` for all `j` within `reducedExtents`. Sums and products are
/// formed in float64, in parts that are then added or multiplied, and rounded once. NaN
/// among the elements gives NaN. Without elements a sum is 0, a product 1, a mean NaN, a maximum −∞, a
/// minimum ∞.
///
/// The output is dense in `extents`, or images in channel blocks: then `extents` are their batch, channel
/// blocks, rows, columns and lanes, and the border and the channels past the last become 0. Its elements
/// are float32, of `argMax` and `argMin` int64.
///
/// Operands: input, output, operands of the epilogue.
package struct ReduceDescriptor: KernelDescriptor {
  package static let kernelName = "reduce"

  package enum Operation: Int, CaseIterable, Sendable {
    case sum, mean, product, maximum, minimum
    /// Σ |x|, Σ x², √Σ x².
    case absoluteSum, squareSum, euclideanNorm
    /// ln Σ x, ln Σ eˣ; of the latter the maximum is subtracted first.
    case logarithmOfSum, logarithmOfExponentialSum
    /// The mean of (x − mean)², from two passes over the elements.
    case variance
    /// The row-major position within `reducedExtents` of the first extreme, or of the last where
    /// `selectsLast` is set. NaN is more extreme than any number.
    case argMax, argMin

    package var givesPosition: Bool { self == .argMax || self == .argMin }
  }

  package var operation = Operation.sum
  package var selectsLast = false
  package var extents: [Int] = []
  package var strides: [Int] = []
  package var offset = 0
  package var reducedExtents: [Int] = []
  package var reducedStrides: [Int] = []
  /// The layout of an output in images; nil for a dense one.
  package var image: ImageLayout?
  /// Of results in images.
  package var epilogue = Epilogue()

  package init() {}

  package var hasResults: Bool { image?.hasPixels ?? true }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("operation", &operation)
    try visitor.visit("selects-last", &selectsLast)
    try visitor.visitResults(&extents, &image, maximumRank: 8)
    try visitor.visit("strides", &strides, in: 0...1 << 48, maximumCount: 8)
    try visitor.visit("offset", &offset, in: 0...1 << 48)
    try visitor.visit("reduced-extents", &reducedExtents, in: 0...maximumExtent, maximumCount: 8)
    try visitor.visit("reduced-strides", &reducedStrides, in: 0...1 << 48, maximumCount: 8)
    try epilogue.visitFields(&visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    try require(
      strides.count == extents.count && reducedStrides.count == reducedExtents.count,
      """
      reduce has \(extents.count) and \(reducedExtents.count) extents, \(strides.count) and \
      \(reducedStrides.count) strides
      """)
    let results = try requireResults(Self.kernelName, extents, image)
    try require(
      image == nil || !operation.givesPosition, "reduce stores \(operation) as images")
    try require(
      image != nil || epilogue.isEmpty, "reduce has an epilogue of results that are no images")
    let region = try StridedRegion(
      extents: extents + reducedExtents, offset: offset, strides: strides + reducedStrides)
    let reducedCount = try checkedElementCount(reducedExtents)
    try require(
      !operation.givesPosition || (reducedCount > 0 && reducedCount <= Int(Int32.max)),
      "reduce looks for a position among \(reducedCount) elements, expected 1 to \(Int32.max)")
    let outputByteCount =
      operation.givesPosition
      ? try checkedProduct(results.count, MemoryLayout<Int64>.size) : results.byteCount
    return KernelRequirements(
      operands: try [
        OperandRequirement(
          "input", .read,
          byteCount: checkedProduct(region.endOffset, MemoryLayout<Float>.size)),
        OperandRequirement("output", .write, byteCount: outputByteCount),
      ] + epilogue.operands(extents: extents),
      workspaceByteCount: epilogue.workspaceByteCount,
      floatOperationCount: try checkedProduct(results.count, max(1, reducedCount)))
  }

  /// Elements that a result is made of. Only for descriptors whose `requirements()` has passed.
  package var reducedCount: Int { reducedExtents.contains(0) ? 0 : reducedExtents.reduce(1, *) }
}
