import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Resize` and `Upsample` → `resample` of rows and columns, of images in blocks where the input is
  /// such; else of the last two dimensions, or of one dimension after the other.
  static let resizing: [LoweringRule] = ["Resize", "Upsample"].map { name in
    LoweringRule(
      name,
      writesBlocks: { node, graph, blocked in
        guard blocked.contains(node.inputs[0]),
          let resize = try? ResizeParameters(node, in: graph, opsetVersion: blocked.opsetVersion)
        else { return false }
        return resize.axes.count == 4 && resize.axes.prefix(2).allSatisfy(\.isIdentity)
      },
      demands: { node, context in
        context.blockedValues.contains(node.outputs[0]) ? demandBlocks(node, context) : []
      },
      lower: { node, builder throws(TesseraError) in
        try requireFloat32(Node(name, inputs: [node.inputs[0]], outputs: []), builder)
        let resize = try ResizeParameters(
          node, in: builder.graph, opsetVersion: builder.opsetVersion)
        let tables = try resize.axes.map { axis throws(TesseraError) in
          try requireRoom(axis, resize)
          return ResamplingAxis(resize, axis)
        }
        try builder.lowerResample(node, tables, fill: resize.extrapolation)
      })
  }
}

/// Tables of a size that a plan may hold.
private func requireRoom(
  _ axis: ResizeParameters.Axis, _ resize: ResizeParameters
) throws(TesseraError) {
  guard axis.inputExtent > 0 || axis.outputExtent == 0 else {
    throw TesseraError(
      .invalidInput, "it makes \(axis.outputExtent) elements of a dimension that has none")
  }
  let taps = resize.antialiases ? 4 / Double(min(axis.scale, 1)) + 4 : 4
  guard Double(max(axis.outputExtent, 1)) * taps <= Double(ResamplingAxis.maximumCount) else {
    throw TesseraError(
      .unsupported, "resizing to \(axis.outputExtent) elements by \(axis.scale) is not supported")
  }
}

extension PlanBuilder {
  /// The node's output, whose elements along each dimension are made of the input's by a table.
  mutating func lowerResample(
    _ node: Node, _ tables: [ResamplingAxis], fill: Float
  ) throws(TesseraError) {
    if blockedValues.contains(node.outputs[0]) {
      let input = try image(ImageDemand(value: node.inputs[0], channelBlock: laneCount))
      let output = try defineImage(node.outputs[0], channelBlock: laneCount)
      return try appendResample(
        node, from: input, to: output, rows: tables[2], columns: tables[3], fill)
    }
    let target = try shape(of: node.outputs[0]).dimensions
    var extents = try shape(of: node.inputs[0]).dimensions
    var operand = try dense(node.inputs[0])
    let rank = extents.count
    var stages = tables.indices.filter { !tables[$0].isIdentity }.map { $0..<$0 + 1 }
    if rank >= 2, !stages.isEmpty, stages.allSatisfy({ $0.lowerBound >= rank - 2 }) {
      stages = [rank - 2..<rank]
    }
    guard !stages.isEmpty else { return defineView(node.outputs[0], of: node.inputs[0]) }
    for (index, stage) in stages.enumerated() {
      var result = extents
      for axis in stage { result[axis] = target[axis] }
      let isLast = index == stages.count - 1
      let output: OperandDraft
      if isLast {
        output = try defineDense(node.outputs[0])
      } else {
        output = newBuffer(byteCount: try planes(result, stage).byteCount())
      }
      try appendResample(
        node, from: (planes(extents, stage), operand), to: (planes(result, stage), output),
        rows: tables[stage.lowerBound],
        columns: stage.count == 2 ? tables[rank - 1] : ResamplingAxis(), fill)
      (operand, extents) = (output, result)
    }
  }

  /// A dense tensor as planes whose rows are the first dimension of `stage`.
  private func planes(_ extents: [Int], _ stage: Range<Int>) -> ImageLayout {
    ImageLayout(
      batch: extents[..<stage.lowerBound].reduce(1, *), channels: 1,
      height: extents[stage.lowerBound],
      width: extents[(stage.lowerBound + 1)...].reduce(1, *))
  }

  private mutating func appendResample(
    _ node: Node, from input: StoredImage, to output: StoredImage, rows: ResamplingAxis,
    columns: ResamplingAxis, _ fill: Float
  ) throws(TesseraError) {
    var descriptor = ResampleDescriptor()
    descriptor.input = input.layout
    descriptor.output = output.layout
    (descriptor.rows, descriptor.columns) = (rows, columns)
    descriptor.fill = fill
    try append(descriptor, name: node.displayName, operands: [input.operand, output.operand])
  }
}
