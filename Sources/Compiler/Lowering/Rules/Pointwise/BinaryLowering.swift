import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Add`, `Sub`, `Mul`, `Div` of any floating-point type → `binary` with broadcasting as strides of 0.
  static let binaryRules: [LoweringRule] = [
    binary("Add", .add), binary("Sub", .subtract), binary("Mul", .multiply), binary("Div", .divide),
  ]

  private static func binary(
    _ operatorName: String, _ operation: BinaryDescriptor.Operation
  ) -> LoweringRule {
    LoweringRule(operatorName) { node, builder throws(TesseraError) in
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
      descriptor.leftStrides = broadcastStrides(
        of: try builder.shape(of: node.inputs[0]), to: output)
      descriptor.rightStrides = broadcastStrides(
        of: try builder.shape(of: node.inputs[1]), to: output)
      let left = try builder.dense(node.inputs[0])
      let right = try builder.dense(node.inputs[1])
      try builder.append(
        descriptor, name: node.displayName,
        operands: [left, right, try builder.defineDense(node.outputs[0])])
    }
  }
}

/// Element strides with which a dense tensor of `shape` is read as `output`, right-aligned; 0 where
/// it is repeated.
func broadcastStrides(of shape: Shape, to output: Shape) -> [Int] {
  let strides = denseStrides(shape.dimensions)
  let missing = output.rank - shape.rank
  return output.dimensions.indices.map { index in
    index < missing || shape[index - missing] == 1 ? 0 : strides[index - missing]
  }
}

/// Element strides of a dense row-major tensor.
func denseStrides(_ dimensions: [Int]) -> [Int] {
  var strides = Array(repeating: 1, count: dimensions.count)
  for index in dimensions.indices.dropLast().reversed() {
    strides[index] = strides[index + 1] * dimensions[index + 1]
  }
  return strides
}
