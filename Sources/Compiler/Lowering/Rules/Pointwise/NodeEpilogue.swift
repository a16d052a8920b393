import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

/// The epilogue of a node on its way into a step.
struct NodeEpilogue {
  private let node: Node
  let program: PointwiseProgram
  /// The values that it reads besides the results.
  let operands: PointwiseOperands

  /// Nil if the node has none.
  init?(_ node: Node, in graph: Graph) throws(TesseraError) {
    guard let program = try node.epilogueProgram() else { return nil }
    self.node = node
    self.program = program
    operands = PointwiseOperands(node.epilogueOperands, of: node.outputs[0], in: graph)
  }

  /// What it reads beside results in channel blocks.
  var demands: [ImageDemand] { operands.roles.map(operands.demands) ?? [] }

  /// Adds it to a step whose results are images in channel blocks, and gives the operands of the step.
  func addBlocked(
    to epilogue: inout Epilogue, _ builder: inout PlanBuilder
  ) throws(TesseraError) -> [OperandDraft] {
    guard let roles = operands.roles else {
      throw TesseraError(
        .unsupported,
        "its epilogue reads values that are neither images of its size nor one element a channel")
    }
    epilogue.program = program
    var drafts: [OperandDraft] = []
    for (name, role) in zip(operands.names, roles) {
      let (input, draft) = try builder.blockedOperand(name, role)
      epilogue.inputs.append(input)
      drafts.append(draft)
    }
    return drafts
  }

  /// Adds it to a step whose results are dense rows of channels, likewise.
  func addRows(
    to epilogue: inout Epilogue, _ builder: inout PlanBuilder
  ) throws(TesseraError) -> [OperandDraft] {
    let output = try builder.shape(of: node.outputs[0])
    let channelCount = output.dimensions.last ?? 1
    epilogue.program = program
    var drafts: [OperandDraft] = []
    for name in operands.names {
      let shape = try builder.shape(of: name)
      let strides: [Int]
      if shape == output {
        strides = [channelCount, 1]
      } else if shape.elementCount == 1 {
        strides = [0, 0]
      } else if shape.elementCount == channelCount && shape.dimensions.last == channelCount {
        strides = [0, 1]
      } else {
        throw TesseraError(
          .unsupported,
          "its epilogue reads values that have neither its shape nor one element a channel")
      }
      epilogue.inputs.append(.init(strides: strides))
      drafts.append(try builder.floats(name))
    }
    return drafts
  }

  /// Adds a `pointwise` step that reads dense results, for kernels that take no epilogue.
  func lowerDense(_ results: OperandDraft, _ builder: inout PlanBuilder) throws(TesseraError) {
    var step = PointwiseStep(program: program, node: node)
    step.addResult(results, shape: try builder.shape(of: node.outputs[0]))
    try step.lowerDense(operands, &builder)
  }
}

extension LoweringRule {
  /// The rule of an operator's nodes in domain `tessera`, which may have an epilogue that `lower` adds.
  var takingEpilogue: LoweringRule {
    let demands = demands
    return LoweringRule(
      operatorName, domain: "tessera", writesBlocks: writesBlocks,
      demands: { node, context throws(TesseraError) in
        try demands(node, context) + (NodeEpilogue(node, in: context.graph)?.demands ?? [])
      }, lower: lower)
  }
}
