import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Cast` → `cast`.
  static let cast = LoweringRule("Cast") { node, builder throws(TesseraError) in
    var descriptor = CastDescriptor()
    descriptor.elementCount = try builder.shape(of: node.inputs[0]).elementCount
    descriptor.from = try builder.elementType(of: node.inputs[0])
    descriptor.to = try builder.elementType(of: node.outputs[0])
    let input = try builder.dense(node.inputs[0])
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input, try builder.defineDense(node.outputs[0])])
  }
}
