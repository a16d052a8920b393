/// ONNX `ReduceL1`: `Σ |x|` of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceL1 = reduction(
    "ReduceL1",
    ReductionFunction(
      floats: { $0.reduce(0) { $0 + Swift.abs($1) } },
      integers: { $0.reduce(0) { $0 &+ Swift.abs($1) } }))
}
