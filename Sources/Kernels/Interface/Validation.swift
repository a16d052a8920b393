import Tensors

// Checks that several descriptors share.

extension ImageLayout {
  /// Bytes of one float for every channel, the padding of the last block included. Only for layouts
  /// whose `byteCount()` has passed.
  package var paddedChannelsByteCount: Int {
    channelBlockCount * channelBlock * MemoryLayout<Float>.size
  }
}

extension SlidingWindow {
  /// Checks that every window of an output of this size lies inside the image and its stored border.
  func requireInside(_ input: ImageLayout, outputHeight: Int, outputWidth: Int)
    throws(TesseraError)
  {
    try require(
      padTop <= input.borderTop && padLeft <= input.borderLeft,
      "a window starts \(padTop) rows and \(padLeft) columns before the image, beyond its border")
    // An image without elements bounds nothing, and yet offsets in it are computed.
    _ = try checkedProduct(outputHeight, strideHeight, input.rowStride)
    let bottom = (outputHeight - 1) * strideHeight - padTop + spanHeight
    let right = (outputWidth - 1) * strideWidth - padLeft + spanWidth
    try require(
      outputHeight == 0 || outputWidth == 0
        || (bottom <= input.height + input.borderBottom
          && right <= input.width + input.borderRight),
      """
      windows reach row \(bottom) and column \(right) of an image of \(input.height) x \
      \(input.width) with a border of \(input.borderBottom) x \(input.borderRight) behind it
      """)
  }
}

/// Checks that the last block of each layout is one that the kernels read: 1 or the lane count.
func requireKernelBlocks(_ kernel: String, _ layouts: ImageLayout...) throws(TesseraError) {
  for layout in layouts {
    try require(
      layout.channelBlock == 1 || layout.channelBlock == kernelLaneCount,
      "\(kernel) takes channel blocks of 1 or \(kernelLaneCount), found \(layout.channelBlock)")
  }
}

/// Checks an element-wise step between layouts of equal dimensions and gives its operands.
func requireSameImages(
  _ kernel: String, _ input: ImageLayout, _ output: ImageLayout, sameBlock: Bool
) throws(TesseraError) -> (input: OperandRequirement, output: OperandRequirement) {
  let inputOperand = OperandRequirement("input", .read, byteCount: try input.byteCount())
  let outputOperand = OperandRequirement("output", .write, byteCount: try output.byteCount())
  try requireKernelBlocks(kernel, input, output)
  try require(
    input.batch == output.batch && input.channels == output.channels
      && input.height == output.height && input.width == output.width,
    "\(kernel) turns images of \(input.dimensions) into \(output.dimensions)")
  try require(
    !sameBlock || input.channelBlock == output.channelBlock,
    "\(kernel) turns channel blocks of \(input.channelBlock) into \(output.channelBlock)")
  return (inputOperand, outputOperand)
}

/// Checks a step between images of equal channels in equal blocks, which may differ in rows and columns, and
/// gives its operands.
func requireSameChannels(
  _ kernel: String, _ input: ImageLayout, _ output: ImageLayout
) throws(TesseraError) -> [OperandRequirement] {
  let operands = [
    OperandRequirement("input", .read, byteCount: try input.byteCount()),
    OperandRequirement("output", .write, byteCount: try output.byteCount()),
  ]
  try requireKernelBlocks(kernel, input, output)
  try require(
    input.batch == output.batch && input.channels == output.channels
      && input.channelBlock == output.channelBlock,
    """
    \(kernel) turns \(input.batch) images of \(input.channels) channels in blocks of \
    \(input.channelBlock) into \(output.batch) of \(output.channels) in blocks of \
    \(output.channelBlock)
    """)
  return operands
}

extension ImageLayout {
  fileprivate var dimensions: String { "\(batch) x \(channels) x \(height) x \(width)" }
}

/// Checks that `groups` divides the channels on both sides, of which there is at least one a group.
func requireGroups(_ groups: Int, divide input: ImageLayout, _ output: ImageLayout)
  throws(TesseraError)
{
  try require(
    groups >= 1 && input.channels >= groups && output.channels >= groups
      && input.channels % groups == 0 && output.channels % groups == 0,
    "\(input.channels) input and \(output.channels) output channels in \(groups) groups")
}

func requireElementSize(_ byteCount: Int) throws(TesseraError) {
  try require(
    [1, 2, 4, 8].contains(byteCount), "elements of \(byteCount) bytes, expected 1, 2, 4 or 8")
}
