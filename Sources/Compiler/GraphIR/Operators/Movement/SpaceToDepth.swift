import Tensors

extension Operator {
  /// ONNX `SpaceToDepth`: the pixels of squares become channels.
  static let spaceToDepth = Operator(
    "SpaceToDepth",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["blocksize"]),
      OperatorForm(since: 28, inputs: 1...1, attributes: ["blocksize", "mode"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let block = try BlockParameters(node, in: graph, opsetVersion: opsetVersion)
      let (type, input) = try graph.imageType(0, of: node)
      var output = [input[0], block.multiplied(input[1], by: block.size * block.size)]
      for extent in input.suffix(2) {
        output.append(try block.divided(extent, by: block.size, of: node))
      }
      return [TensorType(type, output)]
    }
  )
  .stating(.any)
}
