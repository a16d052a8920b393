/// ONNX `ReduceSumSquare`: `Σ x²` of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceSumSquare = reduction(
    "ReduceSumSquare",
    ReductionFunction(
      floats: { $0.reduce(0) { $0 + $1 * $1 } }, integers: { $0.reduce(0) { $0 &+ $1 &* $1 } }))
}
