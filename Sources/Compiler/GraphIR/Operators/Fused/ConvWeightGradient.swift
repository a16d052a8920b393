import Tensors

/// `tessera.ConvWeightGradient`: of images x `[N, C, H, W]` and the gradient dy `[N, M, OH, OW]` of the result of a
/// convolution of them, the gradient `[M, C/group, kh, kw]` of its weights:
/// `dW(m, c, i, j) = Σ_{n,y,x} dy(n, m, y, x) · input(n, c, y·sy − top + i·dy, x·sx − left + j·dx)`, as ONNX `Conv`
/// has it. Attributes `kernel_shape`, `strides`, `pads` (top, left, bottom, right), `dilations`, `group`.
package struct ConvWeightGradientParameters: Sendable, Equatable {
  package var convolution: ConvParameters

  package init(convolution: ConvParameters) { self.convolution = convolution }

  package init(_ node: Node) throws(TesseraError) {
    let window = try WindowAttributes(node)
    guard case .explicit(let begin, let end) = window.padding else {
      throw node.invalid("its padding must be explicit")
    }
    let group = try node.intAttribute("group", default: 1)
    guard (1...WindowAttributes.limit).contains(group) else {
      throw node.invalid(
        "the attribute 'group' is \(group), expected 1 to \(WindowAttributes.limit)")
    }
    convolution = ConvParameters(
      kernel: window.kernel, strides: window.strides, dilations: window.dilations,
      padsBegin: begin, padsEnd: end, group: group)
  }

  package var attributes: [String: Attribute] {
    let lists = [
      "kernel_shape": convolution.kernel, "strides": convolution.strides,
      "dilations": convolution.dilations, "pads": convolution.padsBegin + convolution.padsEnd,
    ]
    var attributes = lists.mapValues { Attribute.ints($0.map { Int64($0) }) }
    attributes["group"] = .int(Int64(convolution.group))
    return attributes
  }
}

extension Operator {
  static let convWeightGradient = Operator(
    "ConvWeightGradient", domain: "tessera",
    forms: [
      OperatorForm(
        inputs: 2...2, attributes: ["dilations", "group", "kernel_shape", "pads", "strides"])
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let convolution = try ConvWeightGradientParameters(node).convolution
      let (elementType, input) = try graph.imageType(0, of: node)
      let type = try graph.inputType(1, of: node)
      try node.checkSameElementType(elementType, type, "gradient")
      let gradient = try graph.imageType(1, of: node).dimensions
      guard input[0].mayEqual(gradient[0]) else {
        throw node.invalid("its gradient \(type) is not of as many images as it has")
      }
      for axis in 0..<2 {
        guard let extent = input[2 + axis].value else { continue }
        guard gradient[2 + axis].mayEqual(.fixed(convolution.outputExtent(axis, of: extent)))
        else {
          throw node.invalid("its gradient \(type) is not that of the convolution's result")
        }
      }
      let group = convolution.group
      for channels in [input[1].value, gradient[1].value].compactMap({ $0 })
      where channels % group != 0 || channels == 0 {
        throw node.invalid("its \(channels) channels do not divide into \(group) groups")
      }
      return [
        TensorType(
          elementType,
          [gradient[1], input[1].value.map { .fixed($0 / group) } ?? .unknown]
            + convolution.kernel.map { .fixed($0) })
      ]
    })
}
