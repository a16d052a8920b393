import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Pad` of images in blocks by rows and columns → `resample`. Else a `fill` where the pad is constant, a
  /// `copy` of the input, then, for the other modes, copies within the output: axis by axis, each border
  /// from the finished part beside it.
  static let pad = LoweringRule(
    "Pad",
    writesBlocks: { node, graph, blocked in
      blocked.contains(node.inputs[0]) && padTables(node, graph, blocked.opsetVersion) != nil
    },
    demands: { node, context in
      context.blockedValues.contains(node.outputs[0]) ? demandBlocks(node, context) : []
    },
    lower: { node, builder throws(TesseraError) in
      let parameters = try PadParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      if builder.blockedValues.contains(node.outputs[0]),
        let tables = padTables(node, builder.graph, builder.opsetVersion)
      {
        return try builder.lowerResample(node, tables, fill: parameters.value)
      }
      let pad = PadLowering(
        name: node.displayName, parameters: parameters,
        inputShape: try builder.shape(of: node.inputs[0]),
        outputShape: try builder.shape(of: node.outputs[0]),
        elementType: try builder.elementType(of: node.inputs[0]))
      let input = try builder.dense(node.inputs[0])
      let output = try builder.defineDense(node.outputs[0])
      if parameters.mode == .constant { try pad.appendFill(output, &builder) }
      try pad.appendInterior(from: input, to: output, &builder)
      guard parameters.mode != .constant else { return }
      for axis in pad.inputShape.dimensions.indices {
        try pad.appendBorders(of: axis, in: output, &builder)
      }
    })
}

/// The tables that pad rows and columns of images; nil for other pads.
private func padTables(
  _ node: Node, _ graph: Graph, _ opsetVersion: Int
) -> [ResamplingAxis]? {
  guard let shape = graph.type(of: node.inputs[0])?.shape, shape.rank == 4,
    let pad = try? PadParameters(node, in: graph, opsetVersion: opsetVersion),
    pad.before.prefix(2) == [0, 0], pad.after.prefix(2) == [0, 0],
    (2...3).allSatisfy({
      shape[$0] + pad.before[$0] + pad.after[$0] <= ResamplingAxis.maximumCount
    })
  else { return nil }
  return (0..<4).map { axis in
    pad.before[axis] == 0 && pad.after[axis] == 0
      ? ResamplingAxis() : ResamplingAxis(copying: pad.sources(axis, extent: shape[axis]))
  }
}

private struct PadLowering {
  /// Elements that may be added along an axis by repeating others, which can take a step each.
  private static let maximumRepeatedCount = 1 << 16

  let name: String
  let parameters: PadParameters
  let inputShape: Shape
  let outputShape: Shape
  let elementType: ElementType

  func appendFill(_ output: OperandDraft, _ builder: inout PlanBuilder) throws(TesseraError) {
    var fill = FillDescriptor()
    fill.elementByteCount = elementType.byteCount
    fill.elementCount = outputShape.elementCount
    fill.bits = try bits(of: parameters.value, as: elementType)
    try builder.append(fill, name: name, operands: [output])
  }

  /// Copies the input to its place. Negative pads cut the input.
  func appendInterior(
    from input: OperandDraft, to output: OperandDraft, _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let inputStrides = denseStrides(inputShape.dimensions)
    let outputStrides = denseStrides(outputShape.dimensions)
    var copy = CopyDescriptor()
    copy.elementByteCount = elementType.byteCount
    copy.inputElementCount = inputShape.elementCount
    copy.outputElementCount = outputShape.elementCount
    for axis in inputShape.dimensions.indices {
      let (before, after) = (parameters.before[axis], parameters.after[axis])
      copy.extents.append(max(0, inputShape[axis] + min(0, before) + min(0, after)))
      copy.inputOffset += max(0, -before) * inputStrides[axis]
      copy.outputOffset += max(0, before) * outputStrides[axis]
    }
    guard !copy.extents.contains(0) else { return }
    copy.inputStrides = inputStrides
    copy.outputStrides = outputStrides
    try builder.append(copy, name: name, operands: [input, output])
  }

  /// Fills what lies before and after the interior along `axis`. Along earlier axes the whole extent
  /// is finished already; along later ones only the interior is, which is all that is copied.
  func appendBorders(
    of axis: Int, in output: OperandDraft, _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let before = max(0, parameters.before[axis])
    let after = max(0, parameters.after[axis])
    let interior = outputShape[axis] - before - after
    guard before + after > 0, outputShape.elementCount > 0 else { return }
    guard interior > (parameters.mode == .reflect ? 1 : 0) else {
      throw TesseraError(
        .unsupported,
        "\(parameters.mode) padding of an axis of \(interior) elements is not supported")
    }
    guard before + after <= Self.maximumRepeatedCount else {
      throw TesseraError(
        .unsupported,
        "\(parameters.mode) padding by \(before + after) elements is not supported, only by up to \(Self.maximumRepeatedCount)"
      )
    }
    // Position in the output, along the axis, that each border position repeats.
    func source(of position: Int) -> Int {
      let offset = position - before
      switch parameters.mode {
      case .edge: return before + min(max(offset, 0), interior - 1)
      case .wrap: return before + (offset % interior + interior) % interior
      default:
        let period = 2 * (interior - 1)
        let folded = (offset % period + period) % period
        return before + min(folded, period - folded)
      }
    }
    // Neighbouring positions that repeat evenly spaced ones are one copy.
    for border in [0..<before, before + interior..<outputShape[axis]] {
      var start = border.lowerBound
      while start < border.upperBound {
        let spacing = start + 1 < border.upperBound ? source(of: start + 1) - source(of: start) : 0
        var end = start + 1
        while end < border.upperBound, source(of: end) == source(of: end - 1) + spacing { end += 1 }
        try appendCopy(
          from: source(of: start), spacing: spacing, to: start..<end, of: axis, in: output, &builder
        )
        start = end
      }
    }
  }

  /// Copies what lies at `source`, `source + spacing`, … along `axis` to the positions of `target`.
  private func appendCopy(
    from source: Int, spacing: Int, to target: Range<Int>, of axis: Int, in output: OperandDraft,
    _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let strides = denseStrides(outputShape.dimensions)
    var copy = CopyDescriptor()
    copy.elementByteCount = elementType.byteCount
    copy.inputElementCount = outputShape.elementCount
    copy.outputElementCount = outputShape.elementCount
    copy.inputStrides = strides
    copy.inputStrides[axis] = spacing * strides[axis]
    copy.outputStrides = strides
    copy.inputOffset = source * strides[axis]
    copy.outputOffset = target.lowerBound * strides[axis]
    copy.extents = outputShape.dimensions
    copy.extents[axis] = target.count
    for later in outputShape.dimensions.indices where later > axis {
      let laterBefore = max(0, parameters.before[later])
      copy.extents[later] -= laterBefore + max(0, parameters.after[later])
      copy.inputOffset += laterBefore * strides[later]
      copy.outputOffset += laterBefore * strides[later]
    }
    try builder.append(copy, name: name, operands: [output, output])
  }
}

/// The bit pattern of a number as an element of the given type, in the low bytes.
private func bits(of value: Float, as elementType: ElementType) throws(TesseraError) -> Int {
  switch elementType {
  case .float32: return Int(value.bitPattern)
  case .float64: return Int(bitPattern: UInt(Double(value).bitPattern))
  case .float16: return Int(Float16(value).bitPattern)
  case .bfloat16 where Float(bitPattern: value.bitPattern & 0xFFFF_0000) == value:
    return Int(value.bitPattern >> 16)
  default:
    guard let integer = Int(exactly: value), !elementType.isFloatingPoint else {
      throw TesseraError(
        .unsupported, "padding \(elementType.onnxName) with \(value) is not supported")
    }
    return integer
  }
}
