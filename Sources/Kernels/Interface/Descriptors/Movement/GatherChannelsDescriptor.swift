import Tensors

/// Makes images of channels of other images: joins, splits and shuffles channels in any layout, and
/// interleaves pixels of several channels (ONNX `DepthToSpace`, the phases of a transposed convolution).
///
/// The channels of the inputs are numbered one input after the other. With `r = y + rowOffset`,
/// `s = x + columnOffset` and the phase `p = (r % rowPhases) · columnPhases + s % columnPhases`,
/// `output[n, c, y, x]` is row `r / rowPhases` and column `s / columnPhases` of channel
/// `sources[p · channels + c]`. The border and padding channels of the output become 0.
///
/// Operands: the inputs (equal batch, height and width), output.
package struct GatherChannelsDescriptor: ImageKernelDescriptor {
  package static let kernelName = "gather-channels"
  package static let maximumInputCount = 1 << 10

  package var inputs: [ImageLayout] = []
  package var output = ImageLayout()
  package var rowPhases = 1
  package var columnPhases = 1
  package var rowOffset = 0
  package var columnOffset = 0
  package var sources: [Int] = []

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    var count = inputs.count
    try visitor.visit("inputs.count", &count, in: 1...Self.maximumInputCount)
    if inputs.count != count { inputs = Array(repeating: ImageLayout(), count: count) }
    for index in inputs.indices { try inputs[index].visitFields("inputs[\(index)]", &visitor) }
    try output.visitFields("output", &visitor)
    try visitor.visit("row-phases", &rowPhases, in: 1...1 << 24)
    try visitor.visit("column-phases", &columnPhases, in: 1...1 << 24)
    try visitor.visit("row-offset", &rowOffset, in: 0...maximumExtent)
    try visitor.visit("column-offset", &columnOffset, in: 0...maximumExtent)
    try visitor.visit(
      "sources", &sources, in: 0...maximumExtent * Self.maximumInputCount, maximumCount: 1 << 20)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    var operands: [OperandRequirement] = []
    var channelCount = 0
    for (index, input) in inputs.enumerated() {
      operands.append(
        OperandRequirement("input \(index)", .read, byteCount: try input.byteCount()))
      try requireKernelBlocks(Self.kernelName, input)
      try require(
        input.batch == output.batch && input.height == inputs[0].height
          && input.width == inputs[0].width,
        "gather-channels joins images that differ in more than their channels")
      channelCount += input.channels
    }
    operands.append(OperandRequirement("output", .write, byteCount: try output.byteCount()))
    try requireKernelBlocks(Self.kernelName, output)
    let expected = try checkedProduct(rowPhases, columnPhases, output.channels)
    try require(
      sources.count == expected,
      "gather-channels has \(sources.count) source channels, expected \(expected)")
    try require(
      sources.allSatisfy { $0 < channelCount },
      "gather-channels reads beyond the \(channelCount) channels of its inputs")
    try require(
      !hasResults
        || ((rowOffset + output.height - 1) / rowPhases < inputs[0].height
          && (columnOffset + output.width - 1) / columnPhases < inputs[0].width),
      "gather-channels reads beyond images of \(inputs[0].height) x \(inputs[0].width)")
    return KernelRequirements(operands: operands)
  }
}
