import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Softmax` → `softmax`.
  static let softmax = LoweringRule("Softmax") { node, builder throws(TesseraError) in
    try lowerSoftmax(node, isLogarithmic: false, &builder)
  }

  /// `LogSoftmax` → `softmax` in its logarithmic form.
  static let logSoftmax = LoweringRule("LogSoftmax") { node, builder throws(TesseraError) in
    try lowerSoftmax(node, isLogarithmic: true, &builder)
  }
}

private func lowerSoftmax(
  _ node: Node, isLogarithmic: Bool, _ builder: inout PlanBuilder
) throws(TesseraError) {
  try requireFloat32(node, builder)
  let parameters = try SoftmaxParameters(
    node, in: builder.graph, opsetVersion: builder.opsetVersion)
  let extents = parameters.extents(of: try builder.shape(of: node.inputs[0]))
  var descriptor = SoftmaxDescriptor()
  descriptor.outerCount = extents.outer
  descriptor.axisCount = extents.axis
  descriptor.innerCount = extents.inner
  descriptor.isLogarithmic = isLogarithmic
  let input = try builder.dense(node.inputs[0])
  try builder.append(
    descriptor, name: node.displayName,
    operands: [input, try builder.defineDense(node.outputs[0])])
}
