import GraphIR
import KernelInterface
import Tensors

extension BinaryDescriptor.Operation {
  /// What a node of an arithmetic operator computes; nil for other nodes.
  init?(_ node: Node) {
    switch node.operatorName {
    case "Add": self = .add
    case "Sub": self = .subtract
    case "Mul": self = .multiply
    case "Div": self = .divide
    default: return nil
    }
  }
}

/// `Add`, `Sub`, `Mul`, `Div` of floating-point types other than float32 → `binary`.
func lowerBinary(
  _ operation: BinaryDescriptor.Operation, _ node: Node, _ builder: inout PlanBuilder
) throws(TesseraError) {
  let elementType = try builder.elementType(of: node.inputs[0])
  guard elementType.isFloatingPoint else {
    throw TesseraError(
      .unsupported,
      "arithmetic on \(elementType.onnxName) at run time is not supported, only on floating-point numbers"
    )
  }
  let output = try builder.shape(of: node.outputs[0])
  var descriptor = BinaryDescriptor()
  descriptor.operation = operation
  descriptor.elementType = elementType
  descriptor.extents = output.dimensions
  descriptor.leftStrides = broadcastStrides(of: try builder.shape(of: node.inputs[0]), to: output)
  descriptor.rightStrides = broadcastStrides(of: try builder.shape(of: node.inputs[1]), to: output)
  let left = try builder.dense(node.inputs[0])
  let right = try builder.dense(node.inputs[1])
  try builder.append(
    descriptor, name: node.displayName,
    operands: [left, right, try builder.defineDense(node.outputs[0])])
}
