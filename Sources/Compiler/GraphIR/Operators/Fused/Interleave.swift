import Tensors

/// `tessera.Interleave`: channels `[N, C · sy · sx, H, W]` become the pixels `[N, C, H · sy, W · sx]` of
/// rectangles, of which `crop` (top, left, bottom, right) is cut off. The phases of a channel follow each
/// other where `channels_together` is 1, else the channels of a phase.
package struct InterleaveParameters: Sendable, Equatable {
  package var strides: [Int]
  package var crop: [Int]
  package var keepsChannelsTogether: Bool

  package init(strides: [Int], crop: [Int], keepsChannelsTogether: Bool) {
    (self.strides, self.crop) = (strides, crop)
    self.keepsChannelsTogether = keepsChannelsTogether
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    strides = try node.require(try node.intsAttribute("strides"), attribute: "strides")
    crop = try node.require(try node.intsAttribute("crop"), attribute: "crop")
    keepsChannelsTogether = try node.flagAttribute("channels_together")
    guard strides.count == 2, crop.count == 4, strides.allSatisfy({ (1...1 << 10).contains($0) }),
      crop.allSatisfy({ (0...1 << 40).contains($0) })
    else { throw node.invalid("its strides or its crop are out of range") }
  }

  /// What belongs to each channel of the result, for each channel of the input.
  package func phases<Value>(of values: [Value]) -> [Value] {
    let phases = 0..<strides[0] * strides[1]
    return keepsChannelsTogether
      ? values.flatMap { value in phases.map { _ in value } } : phases.flatMap { _ in values }
  }

  package var attributes: [String: Attribute] {
    [
      "strides": .ints(strides.map { Int64($0) }), "crop": .ints(crop.map { Int64($0) }),
      "channels_together": .int(keepsChannelsTogether ? 1 : 0),
    ]
  }
}

extension Operator {
  static let interleave = Operator(
    "Interleave", domain: "tessera",
    forms: [OperatorForm(inputs: 1...1, attributes: ["channels_together", "crop", "strides"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let interleave = try InterleaveParameters(node, in: graph, opsetVersion: opsetVersion)
      let (type, input) = try graph.imageType(0, of: node)
      let phases = interleave.strides[0] * interleave.strides[1]
      var output = [input[0], input[1].value.map { .fixed($0 / phases) } ?? .unknown]
      for axis in 0..<2 {
        guard let extent = input[2 + axis].value else {
          output.append(.unknown)
          continue
        }
        output.append(
          .fixed(
            max(
              0,
              extent * interleave.strides[axis] - interleave.crop[axis]
                - interleave.crop[2 + axis])))
      }
      return [TensorType(type, output)]
    })
}
