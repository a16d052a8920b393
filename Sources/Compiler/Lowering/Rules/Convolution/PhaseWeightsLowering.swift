import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.PhaseWeights` → a `fill` with zeros where there are some, and a `copy` a phase.
  static let phaseWeights = LoweringRule("PhaseWeights", domain: "tessera") {
    node, builder throws(TesseraError) in
    try requireFloat32(node, builder)
    let parameters = try PhaseWeightsParameters(
      node, in: builder.graph, opsetVersion: builder.opsetVersion)
    let input = try builder.shape(of: node.inputs[0])
    let output = try builder.shape(of: node.outputs[0])
    let source = try builder.dense(node.inputs[0])
    let target = try builder.defineDense(node.outputs[0])
    guard output.elementCount > 0 else { return }
    let regions = parameters.regions(of: input.dimensions)
    if regions.reduce(0, { $0 + $1.extents.reduce(1, *) }) < output.elementCount {
      var fill = FillDescriptor()
      fill.elementCount = output.elementCount
      try builder.append(fill, name: node.displayName, operands: [target])
    }
    for region in regions where !region.extents.contains(0) {
      var copy = try builder.copyDescriptor(from: input, to: output, of: node.inputs[0])
      copy.extents = region.extents
      (copy.inputOffset, copy.inputStrides) = (region.sourceOffset, region.sourceStrides)
      (copy.outputOffset, copy.outputStrides) = (region.targetOffset, region.targetStrides)
      try builder.append(copy, name: node.displayName, operands: [source, target])
    }
  }
}
