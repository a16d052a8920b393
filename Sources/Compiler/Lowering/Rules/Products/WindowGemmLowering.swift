import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.WindowGemm` → a `copy` that gathers the windows into rows, and one `fully-connected` step.
  /// Nothing is gathered where the rows lie in memory: one window an image, or windows of one position
  /// whose channels lie together, as this rule leaves them. Where the rows would take more than
  /// `maximumRowsByteCount`, they are gathered and multiplied in bands, and put in place by another `copy`.
  static let windowGemm = LoweringRule(
    "WindowGemm", domain: "tessera",
    demands: demandBlocksLikeInput,
    lower: { node, builder throws(TesseraError) in
      let parameters = try WindowGemmParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let layer = try FullyConnectedLayer(node, parameters.gemm, in: builder.graph)
      let output = try builder.shape(of: node.outputs[0])
      let result = try builder.defineChannelsLast(node.outputs[0])
      let rowCount = output[0] * output[2] * output[3]
      if let rows = try builder.rowsInPlace(node, parameters.kernel, count: rowCount) {
        try layer.append(rows, output: result, &builder)
        return
      }
      let windows = try ImageWindows(
        image: try builder.windowedImage(node), kernel: parameters.kernel, name: node.displayName)
      let bands = windows.bands(maximumByteCount: maximumRowsByteCount)
      for band in bands {
        let rows = try windows.gather(band, &builder)
        guard bands.count > 1 else {
          try layer.append(rows, output: result, &builder)
          return
        }
        let part = builder.newBuffer(
          byteCount: try checkedProduct(
            rows.count, layer.outputCount, MemoryLayout<Float>.size))
        try layer.append(rows, output: part, &builder)
        try builder.append(
          windows.placement(of: band, rowLength: layer.outputCount), name: node.displayName,
          operands: [part, result])
      }
    })
}

/// Bytes of windows that are gathered at a time, and as many for the layer's packed rows. Fewer rows
/// would read the weights from memory more often than their products take.
private let maximumRowsByteCount = 32 << 20

extension PlanBuilder {
  /// The rows of a layer that need not be gathered; nil if they must be.
  fileprivate mutating func rowsInPlace(
    _ node: Node, _ kernel: [Int], count: Int
  ) throws(TesseraError) -> FullyConnectedLayer.Rows? {
    let value = node.inputs[0]
    let shape = try shape(of: value)
    if Array(shape.dimensions.suffix(2)) == kernel {
      guard blockedValues.contains(value) else {
        return .init(
          operand: try dense(value), count: count,
          elementCount: shape.dimensions.dropFirst().reduce(1, *))
      }
      let stored = try image(
        ImageDemand(value: value, channelBlock: laneCount, needsExactBorder: true))
      return .init(operand: stored.operand, count: count, order: stored.layout)
    }
    guard kernel == [1, 1], !blockedValues.contains(value) else { return nil }
    let stored = try image(
      ImageDemand(value: value, channelBlock: shape[1], needsExactBorder: true))
    return .init(operand: stored.operand, count: count, elementCount: shape[1])
  }

  /// The image that windows are gathered from, in channel blocks or planes.
  fileprivate mutating func windowedImage(
    _ node: Node
  ) throws(TesseraError) -> (layout: ImageLayout, operand: OperandDraft) {
    let value = node.inputs[0]
    guard blockedValues.contains(value) else {
      return (try imageLayout(of: value, channelBlock: 1), try dense(value))
    }
    return try image(ImageDemand(value: value, channelBlock: laneCount))
  }
}
