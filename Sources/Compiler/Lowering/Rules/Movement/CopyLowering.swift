import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Transpose` → one `copy` that reads with permuted strides.
  static let transpose = LoweringRule("Transpose") { node, builder throws(TesseraError) in
    let permutation = try TransposeParameters(
      node, in: builder.graph, opsetVersion: builder.opsetVersion
    ).permutation
    let strides = denseStrides(try builder.shape(of: node.inputs[0]).dimensions)
    try builder.lowerCopy(node, inputStrides: permutation.map { strides[$0] })
  }

  /// `Slice` → one `copy` that starts inside the input and steps over it, backwards too; of images in
  /// blocks by channels as `Split`, by rows and columns `resample`.
  static let slice = LoweringRule(
    "Slice",
    writesBlocks: { node, graph, blocked in
      blocked.contains(node.inputs[0])
        && (ChannelParts(node, graph, blocked.opsetVersion) != nil
          || sliceTables(node, graph, blocked.opsetVersion) != nil)
    },
    lower: { node, builder throws(TesseraError) in
      if try builder.lowerChannelParts(node) { return }
      if builder.blockedValues.contains(node.outputs[0]),
        let tables = sliceTables(node, builder.graph, builder.opsetVersion)
      {
        return try builder.lowerResample(node, tables, fill: 0)
      }
      let parameters = try SliceParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let strides = denseStrides(try builder.shape(of: node.inputs[0]).dimensions)
      try builder.lowerCopy(
        node, inputOffset: zip(parameters.starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
        inputStrides: zip(parameters.steps, strides).map { $0 * $1 })
    })

  /// `Expand` → one `copy` that repeats elements by strides of 0.
  static let expand = LoweringRule("Expand") { node, builder throws(TesseraError) in
    let strides = broadcastStrides(
      of: try builder.shape(of: node.inputs[0]), to: try builder.shape(of: node.outputs[0]))
    try builder.lowerCopy(node, inputStrides: strides)
  }

  /// `Tile` → one `copy` that walks over the input again for each repetition.
  static let tile = LoweringRule("Tile") { node, builder throws(TesseraError) in
    let input = try builder.shape(of: node.inputs[0])
    let output = try builder.shape(of: node.outputs[0])
    let (inputStrides, outputStrides) = (
      denseStrides(input.dimensions), denseStrides(output.dimensions)
    )
    var copy = try builder.copyDescriptor(from: input, to: output, of: node.inputs[0])
    for axis in output.dimensions.indices where output[axis] != 1 {
      guard input[axis] > 0 else { continue }
      copy.extents += [output[axis] / input[axis], input[axis]]
      copy.inputStrides += [0, inputStrides[axis]]
      copy.outputStrides += [input[axis] * outputStrides[axis], outputStrides[axis]]
    }
    let operands = [try builder.dense(node.inputs[0]), try builder.defineDense(node.outputs[0])]
    guard output.elementCount > 0 else { return }
    try builder.append(copy, name: node.displayName, operands: operands)
  }

  /// `Gather` with constant indices → one `copy` for each run of consecutive indices.
  static let gather = LoweringRule("Gather") { node, builder throws(TesseraError) in
    let axis = try GatherParameters(
      node, in: builder.graph, opsetVersion: builder.opsetVersion
    ).axis
    let inputShape = try builder.shape(of: node.inputs[0])
    let outputShape = try builder.shape(of: node.outputs[0])
    let indices = try gatherIndices(node, extent: inputShape[axis], builder)
    let outer = inputShape.dimensions[..<axis].reduce(1, *)
    let inner = inputShape.dimensions[(axis + 1)...].reduce(1, *)
    let input = try builder.dense(node.inputs[0])
    let output = try builder.defineDense(node.outputs[0])
    var start = 0
    while start < indices.count {
      var end = start + 1
      while end < indices.count, indices[end] == indices[end - 1] + 1 { end += 1 }
      var descriptor = try builder.copyDescriptor(
        from: inputShape, to: outputShape, of: node.inputs[0])
      descriptor.extents = [outer, (end - start) * inner]
      descriptor.inputOffset = indices[start] * inner
      descriptor.inputStrides = [inputShape[axis] * inner, 1]
      descriptor.outputOffset = start * inner
      descriptor.outputStrides = [indices.count * inner, 1]
      try builder.append(descriptor, name: node.displayName, operands: [input, output])
      start = end
    }
  }
}

/// The tables that take rows and columns of images; nil for other slices.
private func sliceTables(
  _ node: Node, _ graph: Graph, _ opsetVersion: Int
) -> [ResamplingAxis]? {
  guard let shape = graph.type(of: node.inputs[0])?.shape, shape.rank == 4,
    let slice = try? SliceParameters(node, in: graph, opsetVersion: opsetVersion),
    (0..<2).allSatisfy({ slice.extents[$0] == shape[$0] && slice.steps[$0] == 1 }),
    slice.extents.allSatisfy({ $0 <= ResamplingAxis.maximumCount })
  else { return nil }
  return (0..<4).map { axis in
    axis < 2 || (slice.extents[axis] == shape[axis] && slice.steps[axis] == 1)
      ? ResamplingAxis()
      : ResamplingAxis(
        copying: (0..<slice.extents[axis]).map { slice.starts[axis] + $0 * slice.steps[axis] })
  }
}

/// The constant indices of a `Gather`, negative ones counted from the end.
private func gatherIndices(
  _ node: Node, extent: Int, _ builder: PlanBuilder
) throws(TesseraError) -> [Int] {
  guard let constant = builder.graph.constants[node.inputs[1]] else {
    throw TesseraError(.unsupported, "indices that are known only at run time are not supported")
  }
  let values =
    constant.values(as: Int64.self)?.map { Int($0) }
    ?? constant.values(as: Int32.self)?.map { Int($0) } ?? []
  var indices: [Int] = []
  for value in values {
    let index = value < 0 ? value + extent : value
    guard (0..<extent).contains(index) else {
      throw TesseraError(
        .invalidInput, "index \(value) lies outside the \(extent) elements of the axis")
    }
    indices.append(index)
  }
  return indices
}

extension PlanBuilder {
  /// A descriptor between two dense tensors of the element type of `value`, without extents yet.
  func copyDescriptor(from input: Shape, to output: Shape, of value: String) throws(TesseraError)
    -> CopyDescriptor
  {
    var descriptor = CopyDescriptor()
    descriptor.elementByteCount = try elementType(of: value).byteCount
    descriptor.inputElementCount = input.elementCount
    descriptor.outputElementCount = output.elementCount
    return descriptor
  }

  /// One copy that fills the node's whole output from its first input.
  mutating func lowerCopy(
    _ node: Node, inputOffset: Int = 0, inputStrides: [Int]
  ) throws(TesseraError) {
    let outputShape = try shape(of: node.outputs[0])
    var descriptor = try copyDescriptor(
      from: try shape(of: node.inputs[0]), to: outputShape, of: node.inputs[0])
    descriptor.extents = outputShape.dimensions
    descriptor.inputOffset = outputShape.elementCount == 0 ? 0 : inputOffset
    descriptor.inputStrides = inputStrides
    descriptor.outputStrides = denseStrides(outputShape.dimensions)
    let input = try dense(node.inputs[0])
    try append(
      descriptor, name: node.displayName, operands: [input, try defineDense(node.outputs[0])])
  }

  /// A copy of all elements of `value` between two dense places.
  mutating func appendDenseCopy(
    of value: String, from source: OperandDraft, to destination: OperandDraft
  ) throws(TesseraError) {
    let shape = try shape(of: value)
    var descriptor = try copyDescriptor(from: shape, to: shape, of: value)
    descriptor.extents = [shape.elementCount]
    descriptor.inputStrides = [1]
    descriptor.outputStrides = [1]
    try append(descriptor, name: value, operands: [source, destination])
  }
}
