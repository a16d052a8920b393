import Tensors

/// A window that slides over the rows and columns of an image, as convolution and pooling use it.
///
/// Output `(y, x)` covers the input at `y·strideHeight − padTop + i·dilationHeight` for
/// `i` in `0..<kernelHeight`, likewise for columns.
package struct SlidingWindow: Sendable, Hashable {
  package var kernelHeight = 1
  package var kernelWidth = 1
  package var strideHeight = 1
  package var strideWidth = 1
  package var dilationHeight = 1
  package var dilationWidth = 1
  package var padTop = 0
  package var padLeft = 0

  package init() {}

  package init(
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1),
    dilation: (height: Int, width: Int) = (1, 1), pad: (top: Int, left: Int) = (0, 0)
  ) {
    (kernelHeight, kernelWidth) = kernel
    (strideHeight, strideWidth) = stride
    (dilationHeight, dilationWidth) = dilation
    (padTop, padLeft) = pad
  }

  /// Rows from the first to the last that the window covers, inclusive.
  package var spanHeight: Int { (kernelHeight - 1) * dilationHeight + 1 }
  /// Columns from the first to the last that the window covers, inclusive.
  package var spanWidth: Int { (kernelWidth - 1) * dilationWidth + 1 }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("kernel-height", &kernelHeight, in: 1...1 << 24)
    try visitor.visit("kernel-width", &kernelWidth, in: 1...1 << 24)
    try visitor.visit("stride-height", &strideHeight, in: 1...1 << 24)
    try visitor.visit("stride-width", &strideWidth, in: 1...1 << 24)
    try visitor.visit("dilation-height", &dilationHeight, in: 1...1 << 24)
    try visitor.visit("dilation-width", &dilationWidth, in: 1...1 << 24)
    try visitor.visit("pad-top", &padTop, in: 0...1 << 24)
    try visitor.visit("pad-left", &padLeft, in: 0...1 << 24)
  }
}
