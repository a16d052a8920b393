import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Cast` → `cast`. Of a truth value that steps compute, its 0 and 1 in float32 are the result.
  static let cast = LoweringRule("Cast") { node, builder throws(TesseraError) in
    if try builder.elementType(of: node.inputs[0]) == .bool,
      try builder.elementType(of: node.outputs[0]) == .float32
    {
      try builder.defineFloats(node.outputs[0], of: node.inputs[0])
      return
    }
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
