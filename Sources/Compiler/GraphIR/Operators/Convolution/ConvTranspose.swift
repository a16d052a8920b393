import Tensors

/// ONNX `ConvTranspose` on images: input `[N, inC, H, W]`, weights `[inC, outC/group, kh, kw]`, optional
/// bias `[outC]`. Input element i of a dimension adds to the results
/// `i · stride − padBegin + tap · dilation`.
package struct ConvTransposeParameters: Sendable, Equatable {
  package var kernel: [Int]
  package var strides: [Int]
  package var dilations: [Int]
  package var group: Int
  /// Results that are cut off before the first and, where negative results are added, after the last.
  package var padsBegin: [Int]
  package var padsEnd: [Int]

  /// The greatest stride and dilation that we accept.
  private static let limit = 1 << 10

  /// - Throws: `unsupported` where the padding depends on extents that are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard let kernel = try graph.inputType(1, of: node).dimensions?.suffix(2).map(\.value),
      kernel.count == 2, let rows = kernel[0], let columns = kernel[1]
    else { throw node.unsupported("the shape of its weights is not fixed") }
    var plain = node
    for name in ["auto_pad", "output_padding", "output_shape"] { plain.attributes[name] = nil }
    let autoPad = try node.stringAttribute("auto_pad") ?? "NOTSET"
    if autoPad != "NOTSET" { plain.attributes["pads"] = nil }
    let window = try WindowAttributes(plain, inferredKernel: [rows, columns])
    guard window.kernel == [rows, columns], case .explicit(let begin, let end) = window.padding
    else {
      throw node.invalid(
        "the attribute 'kernel_shape' is \(listDescription(window.kernel)), but its weights have "
          + "\(rows) x \(columns)")
    }
    (self.kernel, strides, dilations) = (window.kernel, window.strides, window.dilations)
    guard (strides + dilations).allSatisfy({ $0 <= Self.limit }) else {
      throw node.unsupported("its strides or dilations are beyond \(Self.limit)")
    }
    group = try node.intAttribute("group", default: 1)
    (padsBegin, padsEnd) = (begin, end)
    let extra = try node.intsAttribute("output_padding") ?? [0, 0]
    let shape = try node.intsAttribute("output_shape")
    guard extra.count == 2, extra.allSatisfy((0...WindowAttributes.limit).contains),
      shape.map({ $0.count >= 2 && $0.suffix(2).allSatisfy((0...WindowAttributes.limit).contains) })
        ?? true,
      (1...WindowAttributes.limit).contains(group)
    else { throw node.invalid("its output_padding, output_shape or group is out of range") }
    guard shape != nil || autoPad.hasPrefix("SAME") else {
      for axis in 0..<2 { padsEnd[axis] -= extra[axis] }
      return
    }
    let input = try graph.imageExtents(0, of: node)
    for axis in 0..<2 {
      let wanted = shape.map { $0[$0.count - 2 + axis] } ?? input[axis] * strides[axis]
      let full = (input[axis] - 1) * strides[axis] + span(axis) + extra[axis]
      let total = full - wanted
      let half = max(0, total) / 2
      padsBegin[axis] = autoPad == "SAME_UPPER" ? half : max(0, total) - half
      padsEnd[axis] = total - padsBegin[axis] - extra[axis]
    }
  }

  /// Elements that one input element adds to along a dimension, from the first to the last.
  package func span(_ dimension: Int) -> Int { (kernel[dimension] - 1) * dilations[dimension] + 1 }

  fileprivate func outputDimension(_ dimension: Int, _ input: Dimension, of node: Node)
    throws(TesseraError) -> Dimension
  {
    guard let extent = input.value else { return .unknown }
    let output =
      (extent - 1) * strides[dimension] + span(dimension) - padsBegin[dimension]
      - padsEnd[dimension]
    guard output > 0 else { throw node.invalid("its padding leaves nothing of the result") }
    return .fixed(output)
  }
}

extension Operator {
  static let convTranspose = Operator(
    "ConvTranspose",
    forms: [
      OperatorForm(
        inputs: 2...3,
        attributes: [
          "auto_pad", "dilations", "group", "kernel_shape", "output_padding", "output_shape",
          "pads", "strides",
        ])
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let (elementType, input) = try graph.imageType(0, of: node)
      let weights = try graph.inputType(1, of: node)
      try node.checkSameElementType(elementType, weights, "weights")
      guard let dimensions = weights.dimensions else {
        return [TensorType(elementType, [input[0], .unknown, .unknown, .unknown])]
      }
      guard dimensions.count == 4, dimensions[0].mayEqual(input[1]) else {
        throw node.invalid(
          "its weights must be [input channels, output channels, rows, columns], but are \(weights)"
        )
      }
      let group = try node.intAttribute("group", default: 1)
      if let channels = dimensions[0].value, group < 1 || channels % group != 0 || channels == 0 {
        throw node.invalid("its weights \(weights) do not divide into \(group) groups")
      }
      let channels = ArithmeticOperation.multiply.apply(dimensions[1], .fixed(group))
      if let bias = try graph.optionalInputType(2, of: node) {
        try node.checkSameElementType(elementType, bias, "bias")
        try node.checkVector(bias, count: channels, "bias")
      }
      var output = [input[0], channels]
      let autoPad = try node.stringAttribute("auto_pad") ?? "NOTSET"
      let dependsOnExtents =
        node.attributes["output_shape"] != nil || autoPad.hasPrefix("SAME")
      guard !dependsOnExtents || Array(input.suffix(2)).fixedValues != nil else {
        return [TensorType(elementType, output + [.unknown, .unknown])]
      }
      let parameters = try ConvTransposeParameters(node, in: graph, opsetVersion: opsetVersion)
      for axis in 0..<2 {
        output.append(try parameters.outputDimension(axis, input[2 + axis], of: node))
      }
      return [TensorType(elementType, output)]
    }
  )
  .stating(
    limits: "2-D images", "strides and dilations of at most 1024")
}
