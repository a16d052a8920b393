/// ONNX `ReduceL2`: `√Σ x²` of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceL2 = reduction(
    "ReduceL2", ReductionFunction(floats: { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }))
}
