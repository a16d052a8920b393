import Tensors

/// ONNX `DepthToSpace` and `SpaceToDepth`: channels become pixels of squares, and back.
package struct BlockParameters: Sendable, Equatable {
  /// Rows and columns of a square.
  package var size: Int
  /// True where the pixels of one channel follow each other (CRD), false where the channels of one pixel
  /// do (DCR).
  package var keepsChannelsTogether: Bool

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    size = try node.require(try node.intAttribute("blocksize"), attribute: "blocksize")
    let mode = try node.stringAttribute("mode") ?? "DCR"
    guard (1...1 << 12).contains(size), ["DCR", "CRD"].contains(mode) else {
      throw node.invalid("its blocksize is \(size), its mode '\(mode)', expected DCR or CRD")
    }
    keepsChannelsTogether = mode == "CRD"
  }

  func divided(_ dimension: Dimension, by divisor: Int, of node: Node)
    throws(TesseraError) -> Dimension
  {
    guard let extent = dimension.value else { return .unknown }
    guard extent % divisor == 0 else {
      throw node.invalid("a dimension of \(extent) elements does not divide by \(divisor)")
    }
    return .fixed(extent / divisor)
  }

  func multiplied(_ dimension: Dimension, by factor: Int) -> Dimension {
    ArithmeticOperation.multiply.apply(dimension, .fixed(factor))
  }
}

/// The channel of the input by phase and channel of an interleaved output.
package func interleavedChannels(
  channelCount: Int, phaseCount: Int, keepsChannelsTogether: Bool
) -> [Int] {
  let outputCount = channelCount / phaseCount
  return (0..<phaseCount).flatMap { phase in
    (0..<outputCount).map { channel in
      keepsChannelsTogether ? channel * phaseCount + phase : phase * outputCount + channel
    }
  }
}

extension Operator {
  static let depthToSpace = Operator(
    "DepthToSpace",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["blocksize"]),
      OperatorForm(since: 11, inputs: 1...1, attributes: ["blocksize", "mode"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let block = try BlockParameters(node, in: graph, opsetVersion: opsetVersion)
      let (type, input) = try graph.imageType(0, of: node)
      let channels = try block.divided(input[1], by: block.size * block.size, of: node)
      return [
        TensorType(
          type,
          [input[0], channels] + input.suffix(2).map { block.multiplied($0, by: block.size) })
      ]
    }
  )
  .stating(.any)
}
