import ExecutionPlan
import GraphIR
import Tensors

/// Lowers a graph whose shapes are all fixed to one variant of a plan. Packed weights go to
/// `weights`, which all variants of a plan share.
///
/// - Parameter kept: where inputs and outputs of the graph lie that training keeps between runs; they are
///   none of the variant's.
/// - Parameter limit: of a training, what its arena may take before values are computed twice; where even that
///   does not suffice, the arena is as small as it can be.
/// - Throws: `TesseraError` with every node that cannot be lowered.
package func lower(
  _ graph: Graph, opsetVersion: Int, options: LoweringOptions, weights: WeightPool,
  kept: [String: Operand] = [:], limit: RecomputationLimit? = nil
) throws(TesseraError) -> LoweredVariant {
  let rules = try findRules(graph)
  let producers = ValueProducers(graph)
  let context = LoweringContext(
    graph: graph, opsetVersion: opsetVersion, options: options, weights: weights,
    producers: producers, blockedValues: BlockedValues(graph, opsetVersion: opsetVersion))
  var problems = NodeProblems()
  var demands: [ImageDemand] = []
  for (node, rule) in zip(graph.nodes, rules) {
    problems.collect(node) { () throws(TesseraError) in
      try requireShapes(of: node, in: graph)
      demands += try rule.demands(node, context)
    }
  }
  try problems.throwIfAny()

  let slices = ChannelSlices(context)
  var builder = PlanBuilder(
    graph: graph, opsetVersion: opsetVersion, options: options,
    assignment: LayoutAssignment(demands, laneCount: context.laneCount, slices: slices),
    slices: slices, weights: weights, producers: producers, blockedValues: context.blockedValues,
    kept: kept)
  var inputs: [OperandDraft] = []
  for input in graph.inputs { inputs.append(try builder.defineDense(input)) }
  for (node, rule) in zip(graph.nodes, rules) {
    problems.collect(node) { () throws(TesseraError) in try rule.lower(node, &builder) }
  }
  try problems.throwIfAny()
  var outputs: [OperandDraft] = []
  for output in graph.outputs { outputs.append(try builder.outputBuffer(output)) }
  var drafts = StepDrafts(
    steps: try joinBands(builder.steps, kept: inputs + outputs),
    bufferByteCounts: builder.bufferByteCounts, inputs: inputs, outputs: outputs)
  let recomputation = try limit.flatMap { (limit) throws(TesseraError) in
    try drafts.recompute(within: limit, kept: kept, options)
  }
  return LoweredVariant(
    plan: try assemble(drafts, builder), convolutions: builder.convolutions,
    recomputation: recomputation)
}

/// The rule of every node, or an error that lists all nodes without one.
private func findRules(_ graph: Graph) throws(TesseraError) -> [LoweringRule] {
  let inputs = Set(graph.inputs)
  var rules: [LoweringRule] = []
  var missing: [Diagnostic] = []
  for node in graph.nodes {
    if let rule = LoweringRuleTable.find(node) {
      rules.append(rule)
    } else {
      missing.append(
        Diagnostic(problem(of: node, in: graph, inputs: inputs), at: node.location))
    }
  }
  if let error = TesseraError(.unsupported, diagnostics: missing) { throw error }
  return rules
}

/// Why no rule takes a node.
private func problem(of node: Node, in graph: Graph, inputs: Set<String>) -> String {
  let open = node.inputs.dropFirst().filter { !$0.isEmpty && graph.constants[$0] == nil }
  guard !open.isEmpty else {
    return "the operator cannot be computed at run time, only on constants"
  }
  let names = open.map { "'\($0)'" }.joined(separator: ", ")
  let hint = open.allSatisfy(inputs.contains) ? "; --weights binds graph inputs" : ""
  return "expected constants as inputs \(names), found values of the run\(hint)"
}

/// Checks that the shapes of a node's results follow from those of its inputs.
private func requireShapes(of node: Node, in graph: Graph) throws(TesseraError) {
  func isOpen(_ value: String) -> Bool { !value.isEmpty && graph.type(of: value)?.shape == nil }
  guard !node.inputs.contains(where: isOpen), let result = node.outputs.first(where: isOpen) else {
    return
  }
  throw TesseraError(
    .unsupported, "the shape of its result '\(result)' is known only at run time")
}

/// Collects the problems of many nodes, so that they are reported together.
private struct NodeProblems {
  private var invalid: [Diagnostic] = []
  private var unsupported: [Diagnostic] = []
  /// Values that are not made: what cannot be computed for want of them is no problem of its own.
  private var missing: Set<String> = []

  mutating func collect(_ node: Node, _ body: () throws(TesseraError) -> Void) {
    do {
      try body()
    } catch {
      missing.formUnion(node.outputs)
      if error.diagnostics.allSatisfy(isAboutMissingValue) { return }
      let located = error.at(node.location).diagnostics
      if error.kind == .unsupported { unsupported += located } else { invalid += located }
    }
  }

  private func isAboutMissingValue(_ problem: Diagnostic) -> Bool {
    guard case .value(let name)? = problem.location else { return false }
    return missing.contains(name)
  }

  func throwIfAny() throws(TesseraError) {
    let kind: TesseraError.Kind = unsupported.isEmpty ? .invalidInput : .unsupported
    if let error = TesseraError(kind, diagnostics: unsupported + invalid) { throw error }
  }
}

extension PlanBuilder {
  /// A dense arena buffer that holds a graph output, or the place that is kept for it. Constants, and what
  /// is kept elsewhere, are copied into one.
  fileprivate mutating func outputBuffer(_ value: String) throws(TesseraError) -> OperandDraft {
    let operand = try dense(value)
    if case .buffer = operand, kept[value] == nil { return operand }
    if let place = kept[value], operand == .kept(place) { return operand }
    let buffer = try defineDense(value)
    try appendDenseCopy(of: value, from: operand, to: buffer)
    return buffer
  }
}

/// Computes lifetimes, lays out the arena and turns the drafts into steps.
private func assemble(
  _ drafts: StepDrafts, _ builder: PlanBuilder
) throws(TesseraError) -> PlanVariant {
  let lifetimes = drafts.lifetimes
  let layout = planArena(lifetimes, alignment: planAlignment)
  try verifyArena(layout, for: lifetimes, alignment: planAlignment)

  func tensors(_ names: [String], _ operands: [OperandDraft]) throws(TesseraError) -> [PlanTensor] {
    var tensors: [PlanTensor] = []
    for (name, operand) in zip(names, operands) {
      guard case .buffer(let buffer, _) = operand else { continue }
      tensors.append(
        PlanTensor(
          name: name, elementType: try builder.elementType(of: name),
          shape: try builder.shape(of: name), byteOffset: layout.byteOffsets[buffer]))
    }
    return tensors
  }

  var variant = PlanVariant()
  variant.inputs = try tensors(builder.graph.inputs, drafts.inputs)
  variant.outputs = try tensors(builder.graph.outputs, drafts.outputs)
  variant.arenaByteCount = layout.byteCount
  variant.arenaLowerBoundByteCount = arenaLowerBound(lifetimes, alignment: planAlignment)
  variant.bufferByteCountSum = lifetimes.reduce(0) { $0 + aligned($1.byteCount, to: planAlignment) }
  variant.steps = drafts.steps.map { draft in
    Step(
      name: draft.name, kernel: draft.kernel, descriptor: draft.descriptor,
      operands: zip(draft.operands, draft.requirements).map { operand, requirement in
        switch operand {
        case .weights(let operand), .kept(let operand): operand
        case .buffer(let buffer, let byteOffset):
          Operand(
            .arena, byteOffset: layout.byteOffsets[buffer] + byteOffset,
            byteCount: requirement.byteCount)
        }
      })
  }
  return variant
}
