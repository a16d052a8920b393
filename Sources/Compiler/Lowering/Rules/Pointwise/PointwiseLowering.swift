import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

extension LoweringRule {
  /// Element-wise operators on float32 → `pointwise`: on images in channel blocks where an input lies
  /// so and the others can be read along with it, else on dense tensors. Arithmetic on other
  /// floating-point types → `binary`.
  static let pointwiseRules: [LoweringRule] = OperatorRegistry.all.compactMap { definition in
    guard let program = definition.pointwise else { return nil }
    return LoweringRule(
      definition.name, domain: definition.domain,
      writesBlocks: { node, graph, blocked in
        PointwiseOperands(node, in: graph).blockedRoles(blocked) != nil
      },
      demands: { node, context in
        let operands = PointwiseOperands(node, in: context.graph)
        guard let roles = operands.blockedRoles(context.blockedValues) else { return [] }
        return zip(operands.names, roles).compactMap { name, role in
          role == .image || role == .channels
            ? ImageDemand(value: name, channelBlock: context.laneCount) : nil
        }
      },
      lower: { node, builder throws(TesseraError) in
        if let operation = BinaryDescriptor.Operation(node),
          try builder.elementType(of: node.inputs[0]) != .float32
        {
          try lowerBinary(operation, node, &builder)
          return
        }
        try requireFloatArithmetic(node, builder)
        let operands = PointwiseOperands(node, in: builder.graph)
        var step = PointwiseStep(
          program: try program(node, builder.graph, builder.opsetVersion), node: node)
        if let roles = operands.blockedRoles(builder.blockedValues) {
          try step.lowerBlocked(operands, roles, &builder)
        } else {
          try step.lowerDense(operands, &builder)
        }
      })
  }
}

/// A node with a pointwise program on its way to a step.
private struct PointwiseStep {
  var program: PointwiseProgram
  let node: Node

  /// Inputs and operands of the step so far, in the order of the program's inputs.
  private var inputs: [PointwiseDescriptor.Input] = []
  private var drafts: [OperandDraft] = []

  init(program: PointwiseProgram, node: Node) {
    self.program = program
    self.node = node
  }

  /// Makes a constant of one element part of the program; false if the operand is none.
  private mutating func absorb(_ name: String, _ graph: Graph) -> Bool {
    guard let constant = graph.constants[name], constant.shape.elementCount == 1,
      let value = try? constant.cast(to: .float32).values(as: Float.self)?.first
    else { return false }
    program = program.settingInput(inputs.count, to: value)
    return true
  }

  private mutating func add(_ draft: OperandDraft, _ strides: [Int], offset: Int = 0) {
    inputs.append(.init(offset: offset, strides: strides))
    drafts.append(draft)
  }

  mutating func lowerBlocked(
    _ operands: PointwiseOperands, _ roles: [PointwiseOperands.Role],
    _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let lanes = builder.laneCount
    for (name, role) in zip(operands.names(of: program), roles) {
      if absorb(name, builder.graph) { continue }
      switch role {
      case .single:
        add(try builder.floats(name), [0, 0, 0, 0, 0])
      case .constantChannels:
        let constant = try constantOperand(name, in: builder.graph).cast(to: .float32)
        add(
          biasWeight(
            constant, outputCount: constant.shape.elementCount, laneCount: lanes, name: name,
            &builder), [0, lanes, 0, 0, 1])
      case .channels, .image:
        let image = try builder.image(ImageDemand(value: name, channelBlock: lanes))
        let layout = image.layout
        let isImage = role == .image
        add(
          image.operand,
          [
            layout.batch == 1 ? 0 : layout.imageStride, layout.channelBlockStride,
            isImage ? layout.rowStride : 0, isImage ? lanes : 0, 1,
          ], offset: layout.originOffset)
      }
    }
    let output = try builder.defineImage(node.outputs[0], channelBlock: lanes)
    var descriptor = PointwiseDescriptor()
    descriptor.program = program
    descriptor.image = output.layout
    descriptor.extents = [
      output.layout.batch, output.layout.channelBlockCount, output.layout.height,
      output.layout.width, lanes,
    ]
    descriptor.inputs = inputs
    try builder.append(descriptor, name: node.displayName, operands: drafts + [output.operand])
  }

  mutating func lowerDense(
    _ operands: PointwiseOperands, _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let output = try builder.shape(of: node.outputs[0])
    for name in operands.names(of: program) {
      if absorb(name, builder.graph) { continue }
      add(
        try builder.floats(name), broadcastStrides(of: try builder.shape(of: name), to: output))
    }
    var descriptor = PointwiseDescriptor()
    descriptor.program = program
    let merged = MergedExtents(output.dimensions, strides: inputs.map(\.strides))
    descriptor.extents = merged.extents
    descriptor.inputs = merged.strides.map { .init(strides: $0) }
    let target = try builder.defineFloats(node.outputs[0])
    try builder.append(descriptor, name: node.displayName, operands: drafts + [target])
  }
}

/// Arithmetic at run time is float32, on truth values 0 and 1 of that type. Constants beside such operands
/// may have other types, as exponents do.
private func requireFloatArithmetic(
  _ node: Node, _ builder: PlanBuilder
) throws(TesseraError) {
  var types = [try builder.elementType(of: node.outputs[0])]
  for input in node.inputs where !input.isEmpty && builder.graph.constants[input] == nil {
    types.append(try builder.elementType(of: input))
  }
  if types.count == 1 {
    for input in node.inputs where !input.isEmpty {
      types.append(try builder.elementType(of: input))
    }
  }
  for type in types where type != .float32 && type != .bool {
    throw TesseraError(
      .unsupported, "arithmetic on \(type.onnxName) at run time is not supported, only on float")
  }
}

private func constantOperand(_ name: String, in graph: Graph) throws(TesseraError) -> Tensor {
  guard let constant = graph.constants[name] else {
    throw TesseraError(.invalidInput, "the value is no constant", at: .value(name))
  }
  return constant
}
