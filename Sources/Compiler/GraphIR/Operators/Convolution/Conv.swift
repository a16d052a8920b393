import Tensors

/// ONNX `Conv` on images: input `[N, inC, H, W]`, weights `[outC, inC/group, kh, kw]`, optional
/// bias `[outC]`.
package struct ConvParameters: Sendable, Equatable {
  /// The window's extents in elements: rows, columns.
  package var kernel: [Int]
  package var strides: [Int]
  package var dilations: [Int]
  /// Zero padding before the first row and column, in elements.
  package var padsBegin: [Int]
  /// Zero padding after the last row and column, in elements.
  package var padsEnd: [Int]
  /// Input and output channels are split into this many groups that do not mix.
  package var group: Int

  package init(
    kernel: [Int], strides: [Int] = [1, 1], dilations: [Int] = [1, 1], padsBegin: [Int] = [0, 0],
    padsEnd: [Int] = [0, 0], group: Int = 1
  ) {
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padsBegin = padsBegin
    self.padsEnd = padsEnd
    self.group = group
  }

  /// Reads a `Conv` or `tessera.Conv` node of any opset version.
  ///
  /// - Throws: `unsupported` where `auto_pad` is SAME and the input's extents are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let window = try Self.window(of: node, in: graph)
    self.init(
      kernel: window.kernel, strides: window.strides, dilations: window.dilations,
      group: try Self.group(of: node))
    switch window.padding {
    case .explicit(let begin, let end): (padsBegin, padsEnd) = (begin, end)
    case .sameUpper, .sameLower:
      let pads = try graph.imageExtents(0, of: node).enumerated().map {
        window.pads($0.offset, extent: $0.element)
      }
      (padsBegin, padsEnd) = (pads.map(\.begin), pads.map(\.end))
    }
  }

  /// The output's extent along a spatial dimension for an input of `extent` elements.
  package func outputExtent(_ dimension: Int, of extent: Int) -> Int {
    let span = (kernel[dimension] - 1) * dilations[dimension] + 1
    let room = extent + padsBegin[dimension] + padsEnd[dimension] - span
    return room < 0 ? 0 : room / strides[dimension] + 1
  }

  fileprivate static func group(of node: Node) throws(TesseraError) -> Int {
    let group = try node.intAttribute("group", default: 1)
    guard (1...WindowAttributes.limit).contains(group) else {
      throw node.invalid(
        "the attribute 'group' is \(group), expected 1 to \(WindowAttributes.limit)")
    }
    return group
  }

  fileprivate static func window(of node: Node, in graph: Graph) throws(TesseraError)
    -> WindowAttributes
  {
    let weights = try graph.inputType(1, of: node)
    guard let dimensions = weights.dimensions else {
      return try WindowAttributes(node)
    }
    switch dimensions.count {
    case 4: break
    case 3, 5...:
      throw node.unsupported(
        "its weights \(weights) have \(dimensions.count - 2) spatial dimensions; only 2 are "
          + "supported")
    default:
      throw node.invalid(
        "its weights must have 4 dimensions (output channels, input channels, rows, columns), "
          + "but are \(weights)")
    }
    let extents = Array(dimensions.suffix(2))
    let window = try WindowAttributes(node, inferredKernel: extents.fixedValues)
    for (extent, expected) in zip(extents, window.kernel)
    where extent.value.map({ $0 != expected }) ?? false {
      throw node.invalid(
        "the attribute 'kernel_shape' is \(listDescription(window.kernel)), but its weights are "
          + "\(weights)")
    }
    return window
  }
}

extension Operator {
  static let conv = Operator(
    "Conv",
    forms: [
      OperatorForm(
        inputs: 2...3,
        attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"])
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      [try ConvParameters.outputType(of: node, in: graph)]
    }
  )
  .stating(limits: "2-D images")
}

extension ConvParameters {
  /// The output's type for any node with the inputs and window attributes of `Conv`.
  static func outputType(of node: Node, in graph: Graph) throws(TesseraError) -> TensorType {
    let (elementType, input) = try graph.imageType(0, of: node)
    let window = try window(of: node, in: graph)
    let group = try group(of: node)
    let weights = try graph.inputType(1, of: node)
    try node.checkSameElementType(elementType, weights, "weights")

    let outChannels = weights.dimensions?[0] ?? .unknown
    if let count = outChannels.value, count % group != 0 || count == 0 {
      throw node.invalid("its weights \(weights) do not divide into \(group) groups")
    }
    if let inChannels = input[1].value, let groupChannels = weights.dimensions?[1].value,
      inChannels / group != groupChannels || inChannels % group != 0
    {
      throw node.invalid(
        "its input has \(inChannels) channels, but its weights \(weights) expect "
          + "\(groupChannels) in each of \(group) group\(group == 1 ? "" : "s")")
    }
    if let bias = try graph.optionalInputType(2, of: node) {
      try node.checkSameElementType(elementType, bias, "bias")
      try node.checkVector(bias, count: outChannels, "bias")
    }
    let spatial = try window.outputDimensions(for: Array(input.suffix(2)), of: node)
    return TensorType(elementType, [input[0], outChannels] + spatial)
  }
}
