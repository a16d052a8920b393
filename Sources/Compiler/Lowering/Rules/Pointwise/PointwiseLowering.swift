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
        return operands.blockedRoles(context.blockedValues).map(operands.demands) ?? []
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
struct PointwiseStep {
  var program: PointwiseProgram
  let node: Node

  /// Inputs and operands of the step so far, in the order of the program's inputs.
  private var inputs: [PointwiseDescriptor.Input] = []
  private var drafts: [OperandDraft] = []

  init(program: PointwiseProgram, node: Node) {
    self.program = program
    self.node = node
  }

  /// Makes a constant of one element part of the program; false if the operand is none or the program is
  /// full.
  private mutating func absorb(_ name: String, _ graph: Graph) -> Bool {
    guard program.instructions.count < PointwiseProgram.maximumInstructionCount,
      let constant = graph.constants[name], constant.shape.elementCount == 1,
      let value = try? constant.cast(to: .float32).values(as: Float.self)?.first
    else { return false }
    program = program.settingInput(inputs.count, to: value)
    return true
  }

  private mutating func add(_ operand: (PointwiseDescriptor.Input, OperandDraft)) {
    inputs.append(operand.0)
    drafts.append(operand.1)
  }

  /// Takes dense elements of the result's shape as the first input of the program.
  mutating func addResult(_ draft: OperandDraft, shape: Shape) {
    add((.init(strides: denseStrides(shape.dimensions)), draft))
  }

  mutating func lowerBlocked(
    _ operands: PointwiseOperands, _ roles: [PointwiseOperands.Role],
    _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let lanes = builder.laneCount
    for (name, role) in zip(operands.names(of: program), roles) {
      if absorb(name, builder.graph) { continue }
      add(try builder.blockedOperand(name, role))
    }
    let output = try builder.defineImage(node.outputs[0], channelBlock: lanes)
    var descriptor = PointwiseDescriptor()
    descriptor.program = program
    descriptor.image = output.layout
    descriptor.extents = output.layout.nest
    descriptor.inputs = inputs
    try builder.append(descriptor, name: node.displayName, operands: drafts + [output.operand])
  }

  mutating func lowerDense(
    _ operands: PointwiseOperands, _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let output = try builder.shape(of: node.outputs[0])
    for name in operands.names(of: program) {
      if absorb(name, builder.graph) { continue }
      let strides = broadcastStrides(of: try builder.shape(of: name), to: output)
      add((.init(strides: strides), try builder.floats(name)))
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

extension PlanBuilder {
  /// A value as an operand of a step on images in channel blocks, with strides over batch, channel blocks,
  /// rows, columns and lanes.
  mutating func blockedOperand(
    _ name: String, _ role: PointwiseOperands.Role
  ) throws(TesseraError) -> (PointwiseDescriptor.Input, OperandDraft) {
    switch role {
    case .single:
      return (.init(strides: [0, 0, 0, 0, 0]), try floats(name))
    case .constantChannels:
      let constant = try constantOperand(name, in: graph).cast(to: .float32)
      let operand = biasWeight(
        constant, outputCount: constant.shape.elementCount, laneCount: laneCount, name: name, &self)
      return (.init(strides: [0, laneCount, 0, 0, 1]), operand)
    case .channels, .image:
      let (layout, operand) = try image(ImageDemand(value: name, channelBlock: laneCount))
      let isImage = role == .image
      let strides = [
        layout.batch == 1 ? 0 : layout.imageStride, layout.channelBlockStride,
        isImage ? layout.rowStride : 0, isImage ? laneCount : 0, 1,
      ]
      return (.init(offset: layout.originOffset, strides: strides), operand)
    }
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
