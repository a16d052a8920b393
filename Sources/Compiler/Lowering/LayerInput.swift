import GraphIR
import KernelInterface
import Tensors

/// The weights or the bias of a layer: a constant, which the compiler packs, or a value of the run, which a
/// step packs.
struct LayerInput {
  let name: String
  let shape: Shape
  /// Nil for a value of the run.
  let constant: Tensor?

  /// The float32 input `index` of a node; nil if it is absent.
  ///
  /// - Throws: `TesseraError` if it has another type or its shape is not known.
  init?(_ index: Int, of node: Node, in graph: Graph) throws(TesseraError) {
    guard let name = node.input(index) else { return nil }
    self.name = name
    guard let type = graph.type(of: name), let shape = type.shape else {
      throw TesseraError(.unsupported, "the shape of input \(index) ('\(name)') is not known")
    }
    guard type.elementType == .float32 else {
      throw TesseraError(
        .unsupported,
        "input \(index) ('\(name)') holds \(type.elementType.onnxName), expected float")
    }
    self.shape = shape
    constant = graph.constants[name]
  }
}

extension PlanBuilder {
  /// A bias of `outputCount` floats, zeros if there is none, padded with zeros to whole vectors.
  ///
  /// - Parameter name: of the zeros.
  mutating func bias(
    _ bias: LayerInput?, outputCount: Int, name: String
  ) throws(TesseraError) -> OperandDraft {
    guard let bias, bias.constant == nil else {
      return biasWeight(
        bias?.constant, outputCount: outputCount, laneCount: laneCount, name: bias?.name ?? name,
        &self)
    }
    let dense = try dense(bias.name)
    guard !outputCount.isMultiple(of: laneCount) else { return dense }
    return try packed(bias.name, as: "vector") { (builder) throws(TesseraError) in
      var conversion = ConvertLayoutDescriptor()
      conversion.input = ImageLayout(batch: 1, channels: outputCount, height: 1, width: 1)
      conversion.output = conversion.input
      conversion.output.channelBlock = builder.laneCount
      let vector = builder.newBuffer(byteCount: try conversion.output.byteCount())
      try builder.append(conversion, name: bias.name, operands: [dense, vector])
      return vector
    }
  }

  /// The weights of a convolution as its kernel reads them.
  ///
  /// - Parameters:
  ///   - merged: the constant weights of merged groups; nil where they are the same.
  ///   - packing: names everything that decides the bytes.
  mutating func packedWeight(
    _ weights: LayerInput, merged: Tensor? = nil, for descriptor: some PacksPanels,
    packing: String
  ) throws(TesseraError) -> OperandDraft {
    if let constant = weights.constant {
      return try packedWeight(
        constant, merged: merged, name: weights.name, for: descriptor, packing: packing)
    }
    return try packed(weights.name, as: packing) { (builder) throws(TesseraError) in
      let dense = try builder.dense(weights.name)
      let target = builder.newBuffer(byteCount: try descriptor.packedWeightsByteCount())
      try builder.append(descriptor.packingStep, name: weights.name, operands: [dense, target])
      return target
    }
  }
}
