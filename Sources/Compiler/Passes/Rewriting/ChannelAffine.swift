import GraphIR
import Tensors

/// `x * scale[c] + offset[c]` for each channel `c`, in Float64.
struct ChannelAffine {
  var scale: [Double]
  var offset: [Double]

  init(scale: [Double], offset: [Double]) {
    self.scale = scale
    self.offset = offset
  }

  /// What `Add`, `Sub`, `Mul` or `Div` of a value and the constant `operand`, one element a channel,
  /// does to the value; nil for other operators and for the quotient `operand / value`.
  init?(_ operatorName: String, operand: [Double], isFirst: Bool) {
    let ones = operand.map { _ in 1.0 }
    let zeros = operand.map { _ in 0.0 }
    switch (operatorName, isFirst) {
    case ("Add", _): self.init(scale: ones, offset: operand)
    case ("Mul", _): self.init(scale: operand, offset: zeros)
    case ("Sub", false): self.init(scale: ones, offset: operand.map { -$0 })
    case ("Sub", true): self.init(scale: ones.map { -$0 }, offset: operand)
    case ("Div", false): self.init(scale: operand.map { 1 / $0 }, offset: zeros)
    default: return nil
    }
  }

  /// What a batch normalization with constant statistics does to each channel; nil for others.
  init?(normalizing node: Node, in graph: Graph, opsetVersion: Int) {
    guard
      let parameters = try? BatchNormalizationParameters(
        node, in: graph, opsetVersion: opsetVersion)
    else { return nil }
    let vectors = node.inputs.dropFirst().compactMap { graph.constants[$0]?.doubles() }
    guard vectors.count == 4, vectors.allSatisfy({ $0.count == vectors[0].count }) else {
      return nil
    }
    let (bias, mean) = (vectors[1], vectors[2])
    let factors = zip(vectors[0], vectors[3]).map { scale, variance in
      scale / (variance + Double(parameters.epsilon)).squareRoot()
    }
    self.init(scale: factors, offset: factors.indices.map { bias[$0] - factors[$0] * mean[$0] })
  }

  var isScaling: Bool { scale.contains { $0 != 1 } }
  var isShifting: Bool { offset.contains { $0 != 0 } }
}

extension Tensor {
  /// The elements of a float32 constant by channel, if it broadcasts to a value of `rank` dimensions
  /// without extending it and depends on the channel alone.
  ///
  /// - Parameters:
  ///   - channels: the extent of the channel dimension of the value.
  ///   - dimension: which of the value's dimensions counts channels.
  func channelVector(channels: Int, dimension: Int, rank: Int) -> [Double]? {
    guard shape.rank <= rank else { return nil }
    for (index, extent) in shape.dimensions.enumerated() where extent != 1 {
      guard index + rank - shape.rank == dimension, extent == channels else { return nil }
    }
    guard let values = doubles(), let first = values.first else { return nil }
    return values.count == channels ? values : [Double](repeating: first, count: channels)
  }
}
