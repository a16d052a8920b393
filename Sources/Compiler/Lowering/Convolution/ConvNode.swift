import GraphIR
import KernelInterface
import Tensors

/// A node `tessera.Conv` with its constants.
struct ConvNode {
  let node: Node
  let problem: ConvProblem
  let weights: Tensor
  let bias: Tensor?
  let epilogue: NodeEpilogue?

  /// - Throws: `TesseraError` if the weights are no constant or the input's shape is not known.
  init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    self.node = node
    let parameters = try FusedConvParameters(node, in: graph, opsetVersion: opsetVersion)
    let conv = parameters.convolution
    epilogue = try NodeEpilogue(node, in: graph)
    weights = try constantInput(1, of: node, in: graph)
    bias = try optionalConstantInput(2, of: node, in: graph)
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
      poolsMax2x2: parameters.poolsMax2x2)
  }

  var weightsName: String { node.inputs[1] }

  var biasName: String {
    node.inputs.count > 2 && !node.inputs[2].isEmpty ? node.inputs[2] : "\(weightsName).bias"
  }

  /// The method for this convolution. All others with its weights take its algorithm from then on where
  /// it is one that they may take.
  func choose(_ options: LoweringOptions, _ pool: WeightPool) throws(TesseraError) -> ConvCandidate
  {
    let choice = try options.choice(
      for: problem, weights: weightsName, settled: pool.convAlgorithms(for: weights))
    pool.settle(choice.method.algorithm, for: weights)
    return choice
  }
}
