import GraphIR
import Tensors

extension GradientRule {
  static let split = GradientRule("Split", "the gradients of the parts, one after the other") {
    (step, emitter) throws(TesseraError) in
    let split = try SplitParameters(
      step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    let extents = try emitter.extents(of: step.node.inputs[0])
    let type = try emitter.type(of: step.node.inputs[0]).elementType
    var parts: [String] = []
    for (index, size) in split.sizes.enumerated() {
      if let gradient = step.gradients[index] {
        parts.append(gradient)
        continue
      }
      var part = extents
      part[split.axis] = size
      guard let shape = Shape(part) else { throw step.node.invalid("a part is too large") }
      parts.append(emitter.constant(try Tensor(elementType: type, shape: shape) { _ in }))
    }
    return [0: try emitter.emit("Concat", parts, ["axis": .int(Int64(split.axis))])]
  }
}
