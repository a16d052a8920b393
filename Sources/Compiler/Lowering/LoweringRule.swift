import GraphIR
import Tensors

/// How nodes of one operator become steps.
struct LoweringRule: Sendable {
  let operatorName: String
  let domain: String
  /// The layouts in which the node will read images. Asked of all nodes before any is lowered, so
  /// that producers store what their users read.
  let demands: @Sendable (Node, LoweringContext) throws(TesseraError) -> [ImageDemand]
  /// Adds the node's steps and defines its outputs.
  let lower: @Sendable (Node, inout PlanBuilder) throws(TesseraError) -> Void

  init(
    _ operatorName: String, domain: String = "",
    demands: @escaping @Sendable (Node, LoweringContext) throws(TesseraError) -> [ImageDemand] = {
      _, _ in []
    },
    lower: @escaping @Sendable (Node, inout PlanBuilder) throws(TesseraError) -> Void
  ) {
    self.operatorName = operatorName
    self.domain = domain
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

  var laneCount: Int { options.kernels.laneCount }
}
