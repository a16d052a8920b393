import Tensors

/// Max- or average-pooling over blocked or plain images (ONNX `MaxPool`, `AveragePool`).
///
/// Windows are clipped to the image; borders of the input are not read. Average divides by the
/// number of covered image elements, or, where `countsPadding` is set, by the number of window
/// elements inside the image padded by `padTop`, `padLeft`, `padBottom`, `padRight`. A max window
/// that covers no image element gives −∞; an average window that covers none gives 0.
///
/// Operands: input, output (same `channelBlock`), operands of the epilogue.
package struct PoolDescriptor: ImageKernelDescriptor {
  package static let kernelName = "pool"
  package enum Reduction: Int, CaseIterable, Sendable { case max, average }

  package var reduction = Reduction.max
  package var input = ImageLayout()
  package var output = ImageLayout()
  package var window = SlidingWindow()
  package var padBottom = 0
  package var padRight = 0
  package var countsPadding = false
  /// Of the pooled elements, in channel blocks.
  package var epilogue = Epilogue()

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("reduction", &reduction)
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try window.visitFields(&visitor)
    try visitor.visit("pad-bottom", &padBottom, in: 0...1 << 24)
    try visitor.visit("pad-right", &padRight, in: 0...1 << 24)
    try visitor.visit("counts-padding", &countsPadding)
    try epilogue.visitFields(&visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let operands = try requireSameChannels(Self.kernelName, input, output)
    return KernelRequirements(
      operands: operands + (try epilogue.operands(of: output)),
      workspaceByteCount: epilogue.workspaceByteCount,
      floatOperationCount: try checkedProduct(
        output.batch, output.channels, output.height, output.width,
        min(window.kernelHeight, input.height), min(window.kernelWidth, input.width)))
  }
}
