import GraphIR
import Tensors

/// A `tessera.Conv` or `tessera.Gemm` with constant weights, as the passes see it that fold a scaling
/// and a shift by channel into its weights and its bias.
///
/// Folded weights are computed in Float64 and rounded once. Nothing is folded where a weight or a
/// bias would not be finite in float32.
struct LinearNode {
  let node: Node
  private let parameters: Parameters
  private let weights: Tensor
  private let bias: Tensor?
  let inputChannels: Int
  let outputChannels: Int

  private enum Parameters {
    case conv(FusedConvParameters)
    case gemm(FusedGemmParameters)
  }

  /// The node at `index`, if it is such a node.
  init?(_ index: Int, in rewriter: GraphRewriter, opsetVersion: Int) {
    guard let node = rewriter[index], node.isFused,
      let weights = node.input(1).flatMap(rewriter.constant),
      weights.elementType == .float32, weights.shape.elementCount > 0
    else { return nil }
    bias = node.input(2).flatMap(rewriter.constant)
    guard (bias == nil) == (node.input(2) == nil) else { return nil }
    self.node = node
    self.weights = weights
    let extents = weights.shape.dimensions
    if node.operatorName == "Conv" {
      guard extents.count == 4,
        let fused = try? FusedConvParameters(
          node, in: rewriter.graph, opsetVersion: opsetVersion),
        extents[0].isMultiple(of: fused.convolution.group)
      else { return nil }
      parameters = .conv(fused)
      inputChannels = extents[1] * fused.convolution.group
      outputChannels = extents[0]
    } else {
      guard extents.count == 2,
        let fused = try? FusedGemmParameters(
          node, in: rewriter.graph, opsetVersion: opsetVersion)
      else { return nil }
      parameters = .gemm(fused)
      inputChannels = extents[fused.transB ? 1 : 0]
      outputChannels = extents[fused.transB ? 0 : 1]
    }
  }

  /// True if the node's output is linear in its input: no activation and no pooling after it.
  var hasLinearOutput: Bool {
    switch parameters {
    case .conv(let fused): fused.activation == .identity && !fused.poolsMax2x2
    case .gemm(let fused): fused.activation == .identity
    }
  }

  /// True if no window reaches into padding.
  private var isUnpadded: Bool {
    guard case .conv(let fused) = parameters else { return true }
    return fused.convolution.isUnpadded
  }

  /// The output's dimension that counts channels; nil if the output's rank is not known.
  func outputChannelDimension(in rewriter: GraphRewriter) -> Int? {
    node.output(0).flatMap(rewriter.type)?.dimensions.map { channelDimension(rank: $0.count) }
  }

  /// Which of `rank` dimensions of the input or the output counts channels.
  private func channelDimension(rank: Int) -> Int {
    if case .conv = parameters { 1 } else { rank - 1 }
  }

  /// The output channel that a weight, by its row-major index, belongs to.
  private var outputChannel: (Int) -> Int {
    let extents = weights.shape.dimensions
    switch parameters {
    case .conv:
      let filterSize = extents[1] * extents[2] * extents[3]
      return { $0 / filterSize }
    case .gemm(let fused):
      let width = extents[1]
      return fused.transB ? { $0 / width } : { $0 % width }
    }
  }

  /// The input channel that a weight, by its row-major index, multiplies.
  private var inputChannel: (Int) -> Int {
    let extents = weights.shape.dimensions
    switch parameters {
    case .conv(let fused):
      let taps = extents[2] * extents[3]
      let groupInputs = extents[1]
      let groupOutputs = extents[0] / fused.convolution.group
      return { index in
        let filter = index / (groupInputs * taps)
        return filter / groupOutputs * groupInputs + index / taps % groupInputs
      }
    case .gemm(let fused):
      let width = extents[1]
      return fused.transB ? { $0 % width } : { $0 / width }
    }
  }

  /// A constant's elements by output channel, if an elementwise operator may apply it to the output
  /// and the result keeps the output's shape.
  func outputVector(_ operand: Tensor, in rewriter: GraphRewriter) -> [Double]? {
    vector(operand, value: node.output(0), channels: outputChannels, in: rewriter)
  }

  /// A constant's elements by input channel, if an elementwise operator may apply it to `value`, to
  /// make this node's input, and the result keeps the shape of `value`.
  func inputVector(_ operand: Tensor, value: String, in rewriter: GraphRewriter) -> [Double]? {
    vector(operand, value: value, channels: inputChannels, in: rewriter)
  }

  private func vector(
    _ operand: Tensor, value: String?, channels: Int, in rewriter: GraphRewriter
  ) -> [Double]? {
    guard let value, let extents = rewriter.type(of: value)?.dimensions else { return nil }
    let dimension = channelDimension(rank: extents.count)
    guard extents.indices.contains(dimension), extents[dimension] == .fixed(channels) else {
      return nil
    }
    return operand.channelVector(channels: channels, dimension: dimension, rank: extents.count)
  }

  /// This node followed by `affine`, which has an entry for each output channel: `w' = s w`,
  /// `b' = s b + o`. Nil if that overflows.
  func following(
    _ affine: ChannelAffine, in rewriter: inout GraphRewriter
  ) throws(TesseraError) -> Node? {
    var newBias = affine.offset
    if let bias {
      guard let values = bias.doubles(), values.count == outputChannels else { return nil }
      for channel in newBias.indices { newBias[channel] += affine.scale[channel] * values[channel] }
    }
    guard affine.isScaling else {
      return try replacing(weights: nil, bias: newBias, in: &rewriter)
    }
    guard let scaled = try weights.multiplied(by: affine.scale, factorIndex: outputChannel)
    else { return nil }
    return try replacing(weights: scaled, bias: newBias, in: &rewriter)
  }

  /// This node preceded by `affine`, which has an entry for each input channel: `w' = s w`,
  /// `b' = b + Σ o w`. Nil if that overflows, or if it shifts the input of a convolution with
  /// padding: the padding's zeros are not shifted.
  func preceding(
    _ affine: ChannelAffine, in rewriter: inout GraphRewriter
  ) throws(TesseraError) -> Node? {
    guard isUnpadded || !affine.isShifting else { return nil }
    var newBias = [Double](repeating: 0, count: outputChannels)
    if let bias {
      guard let values = bias.doubles(), values.count == outputChannels else { return nil }
      newBias = values
    }
    if affine.isShifting {
      let (input, output) = (inputChannel, outputChannel)
      weights.forEachFloat { index, weight in
        newBias[output(index)] += weight * affine.offset[input(index)]
      }
    }
    guard affine.isScaling else {
      return try replacing(weights: nil, bias: newBias, in: &rewriter)
    }
    guard let scaled = try weights.multiplied(by: affine.scale, factorIndex: inputChannel)
    else { return nil }
    return try replacing(weights: scaled, bias: newBias, in: &rewriter)
  }

  /// The node with other weights, where they change, and another bias. Constants that nothing else
  /// reads keep their names.
  private func replacing(
    weights newWeights: Tensor?, bias newBias: [Double], in rewriter: inout GraphRewriter
  ) throws(TesseraError) -> Node? {
    guard let rounded = try Tensor.rounding(newBias, shape: .vector(outputChannels)) else {
      return nil
    }
    var replaced = node
    replaced.inputs = Array(node.inputs.prefix(2))
    if let newWeights {
      replaced.inputs[1] = rewriter.replaceConstant(node.inputs[1], with: newWeights)
    }
    if let name = node.input(2) {
      replaced.inputs.append(rewriter.replaceConstant(name, with: rounded))
    } else if newBias.contains(where: { $0 != 0 }) {
      replaced.inputs.append(
        rewriter.addConstant(rounded, preferredName: "\(node.inputs[1])_bias"))
    }
    return replaced
  }
}
