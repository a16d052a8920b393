import GraphIR
import KernelInterface
import Tensors

/// A fully connected layer with its constants, whatever makes the rows that it multiplies. Layers with
/// the same weights whose rows hold their elements in the same order share their packed weights.
struct FullyConnectedLayer {
  let node: Node
  private let parameters: FusedGemmParameters
  private let weights: Tensor
  private let bias: Tensor?

  /// The rows: dense, one after the other.
  struct Rows {
    var operand: OperandDraft
    var count: Int
    /// Elements of a row.
    var elementCount: Int
    /// The image that a row is, where its elements lie in channel blocks; nil where they are in the order
    /// of the weights.
    var order: ImageLayout?

    init(operand: OperandDraft, count: Int, elementCount: Int) {
      self.operand = operand
      self.count = count
      self.elementCount = elementCount
    }

    /// Rows that are images of this layout, whatever its batch.
    init(operand: OperandDraft, count: Int, order: ImageLayout) {
      self.init(operand: operand, count: count, elementCount: order.imageStride)
      guard !order.isDense else { return }
      self.order = order
      self.order?.batch = 1
    }
  }

  /// - Throws: `TesseraError` if the weights or the bias are no constants.
  init(_ node: Node, _ parameters: FusedGemmParameters, in graph: Graph) throws(TesseraError) {
    self.node = node
    self.parameters = parameters
    weights = try constantInput(1, of: node, in: graph)
    bias = try optionalConstantInput(2, of: node, in: graph)
  }

  var outputCount: Int { weights.shape[parameters.transB ? 0 : 1] }

  /// Adds one `fully-connected` step from `rows` to `output`, as many dense rows of `outputCount`.
  func append(
    _ rows: Rows, output: OperandDraft, _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    var descriptor = FullyConnectedDescriptor()
    descriptor.rowCount = rows.count
    descriptor.inputCount = rows.elementCount
    descriptor.outputCount = outputCount
    descriptor.weightType = builder.options.weightType(ofLayer: weights)
    descriptor.activation = Activation(parameters.activation)
    let operands =
      try NodeEpilogue(node, in: builder.graph)?.addRows(to: &descriptor.epilogue, &builder) ?? []
    let packed = try packedWeights(descriptor, order: rows.order, builder)
    let biasOperand = biasWeight(
      bias, outputCount: outputCount, laneCount: builder.laneCount,
      name: bias == nil ? "\(node.inputs[1]).bias" : node.inputs[2], &builder)
    let scratch = builder.newBuffer(
      byteCount: try FullyConnectedTiling(descriptor).packedRowsByteCount())
    try builder.append(
      descriptor, name: node.displayName,
      operands: [rows.operand, packed, biasOperand, output, scratch] + operands)
  }

  private func packedWeights(
    _ descriptor: FullyConnectedDescriptor, order: ImageLayout?, _ builder: PlanBuilder
  ) throws(TesseraError) -> OperandDraft {
    let isTransposed = parameters.transB
    let orderName = order.map { "\($0.channels)x\($0.height)x\($0.width)" } ?? "dense"
    let name = node.inputs[1]
    let weights = weights
    return builder.weight(
      name: name, sources: [weights],
      packing:
        "fully-connected, \(descriptor.weightType), \(builder.laneCount) lanes, transposed \(isTransposed), order \(orderName)",
      byteCount: try descriptor.packedWeightsByteCount(), panelCount: descriptor.groupCount
    ) { (destination, groups) throws(TesseraError) in
      try weights.withUnsafeBytes { (bytes) throws(TesseraError) in
        guard let values = bytes.baseAddress, let start = destination.baseAddress else { return }
        do throws(TesseraError) {
          try descriptor.packWeights(
            from: values, transposed: isTransposed, inputOrder: order,
            into: start + descriptor.packedByteOffset(ofGroup: groups.lowerBound), groups: groups)
        } catch {
          throw error.at(.value(name))
        }
      }
    }
  }
}

extension LoweringOptions {
  /// How the weights of a fully connected layer are stored.
  fileprivate func weightType(ofLayer weights: Tensor) -> WeightType {
    weightType == .float32 ? narrowing?.type(of: weights) ?? .float32 : weightType
  }
}
