import GraphIR
import KernelInterface
import Tensors

/// A node `tessera.Conv` with its weights.
struct ConvNode {
  let node: Node
  let problem: ConvProblem
  let weights: LayerInput
  let bias: LayerInput?
  let epilogue: NodeEpilogue?

  /// - Throws: `TesseraError` if the shape of the weights or of the input is not known.
  init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    self.node = node
    let parameters = try FusedConvParameters(node, in: graph, opsetVersion: opsetVersion)
    let conv = parameters.convolution
    epilogue = try NodeEpilogue(node, in: graph)
    guard let weights = try LayerInput(1, of: node, in: graph), weights.shape.rank == 4 else {
      throw TesseraError(.invalidInput, "input 1, the weights, is missing or has no 4 dimensions")
    }
    self.weights = weights
    bias = try LayerInput(2, of: node, in: graph)
    guard let shape = graph.type(of: node.inputs[0])?.shape, shape.rank == 4 else {
      throw TesseraError(.invalidInput, "the input's shape is not known")
    }
    problem = ConvProblem(
      batch: shape[0], inChannels: shape[1], outChannels: weights.shape[0], inHeight: shape[2],
      inWidth: shape[3], convHeight: conv.outputExtent(0, of: shape[2]),
      convWidth: conv.outputExtent(1, of: shape[3]),
      window: SlidingWindow(
        kernel: (conv.kernel[0], conv.kernel[1]), stride: (conv.strides[0], conv.strides[1]),
        dilation: (conv.dilations[0], conv.dilations[1]),
        pad: (conv.padsBegin[0], conv.padsBegin[1])),
      groups: conv.group, activation: Activation(parameters.activation),
      poolsMax2x2: parameters.poolsMax2x2, packsInRun: weights.constant == nil)
  }

  /// The method for this convolution. All others with its weights take its algorithm from then on where
  /// it is one that they may take.
  func choose(_ options: LoweringOptions, _ pool: WeightPool) throws(TesseraError) -> ConvCandidate
  {
    guard let constant = weights.constant else {
      return try options.choice(for: problem, weights: weights.name, settled: [])
    }
    let choice = try options.choice(
      for: problem, weights: weights.name, settled: pool.convAlgorithms(for: constant))
    pool.settle(choice.method.algorithm, for: constant)
    return choice
  }
}
