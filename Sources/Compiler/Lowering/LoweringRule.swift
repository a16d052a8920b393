import GraphIR
import Tensors

/// How nodes of one operator become steps.
struct LoweringRule: Sendable {
  let operatorName: String
  let domain: String
  /// True if the node's outputs will be images in channel blocks, given which values before it are.
  let writesBlocks: @Sendable (Node, Graph, BlockedValues) -> Bool
  /// The layouts in which the node will read images. Asked of all nodes before any is lowered, so
  /// that producers store what their users read.
  let demands: @Sendable (Node, LoweringContext) throws(TesseraError) -> [ImageDemand]
  /// Adds the node's steps and defines its outputs.
  let lower: @Sendable (Node, inout PlanBuilder) throws(TesseraError) -> Void

  init(
    _ operatorName: String, domain: String = "",
    writesBlocks: @escaping @Sendable (Node, Graph, BlockedValues) -> Bool = { _, _, _ in false },
    demands: @escaping @Sendable (Node, LoweringContext) throws(TesseraError) -> [ImageDemand] = {
      _, _ in []
    },
    lower: @escaping @Sendable (Node, inout PlanBuilder) throws(TesseraError) -> Void
  ) {
    self.operatorName = operatorName
    self.domain = domain
    self.writesBlocks = writesBlocks
    self.demands = demands
    self.lower = lower
  }

  /// True if the node has the rule's operator.
  func takes(_ node: Node) -> Bool { node.operatorName == operatorName && node.domain == domain }
}

/// What a rule may look at before lowering starts.
struct LoweringContext {
  let graph: Graph
  let opsetVersion: Int
  let options: LoweringOptions
  let weights: WeightPool
  let producers: ValueProducers
  let blockedValues: BlockedValues

  var laneCount: Int { options.kernels.laneCount }
}

/// Of operators whose kernels store channel blocks whatever they read.
@Sendable func alwaysWritesBlocks(_ node: Node, _ graph: Graph, _ blocked: BlockedValues) -> Bool {
  true
}

/// Of operators that keep the layout of their first input.
@Sendable func writesBlocksLikeInput(
  _ node: Node, _ graph: Graph, _ blocked: BlockedValues
) -> Bool {
  blocked.contains(node.inputs[0])
}

/// Demands the first input in channel blocks if it will be stored so.
@Sendable func demandBlocksLikeInput(_ node: Node, _ context: LoweringContext) -> [ImageDemand] {
  context.blockedValues.contains(node.inputs[0]) ? demandBlocks(node, context) : []
}

/// Arithmetic at run time is float32.
func requireFloat32(_ node: Node, _ builder: PlanBuilder) throws(TesseraError) {
  for input in node.inputs where !input.isEmpty {
    let type = try builder.elementType(of: input)
    guard type == .float32 else {
      throw TesseraError(
        .unsupported, "arithmetic on \(type.onnxName) at run time is not supported, only on float")
    }
  }
}
