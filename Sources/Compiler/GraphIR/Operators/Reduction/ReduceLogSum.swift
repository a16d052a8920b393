import Platform

/// ONNX `ReduceLogSum`: `ln Σ x` of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceLogSum = reduction(
    "ReduceLogSum", ReductionFunction(floats: { Platform.log($0.reduce(0, +)) }))
}
