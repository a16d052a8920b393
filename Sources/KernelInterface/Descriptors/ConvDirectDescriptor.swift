import Tensors

/// Direct convolution with bias, activation and optional 2×2 stride-2 max-pooling.
///
/// `conv(n, o, y, x) = bias[o] + Σ_{c,i,j} input(n, c, y·sh − top + i·dh, x·sw − left + j·dw) · w(o, c, i, j)`,
/// then the activation, then the pooling (floor: an odd last row or column is dropped).
///
/// Operands: input (layout `input`, whose border must hold every pad that the window reaches),
/// packed weights, bias (`output.channels` rounded up to the lane count, float32), output (layout
/// `output`, blocked).
///
/// With `groups` > 1 the channels of each group must be whole blocks on both sides.
package struct ConvDirectDescriptor: KernelDescriptor {
  package static let kernelName = "conv-direct"

  package var input = ImageLayout()
  /// The layout of the result, after pooling where `poolsMax2x2` is set.
  package var output = ImageLayout()
  package var window = SlidingWindow()
  package var groups = 1
  /// Rows and columns of the convolution's own result, before pooling.
  package var convHeight = 1
  package var convWidth = 1
  package var activation = Activation()
  package var poolsMax2x2 = false

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try window.visitFields(&visitor)
    try visitor.visit("groups", &groups, in: 1...maximumExtent)
    try visitor.visit("conv-height", &convHeight, in: 0...maximumExtent)
    try visitor.visit("conv-width", &convWidth, in: 0...maximumExtent)
    try activation.visitFields(&visitor)
    try visitor.visit("pools-max-2x2", &poolsMax2x2)
  }
}
