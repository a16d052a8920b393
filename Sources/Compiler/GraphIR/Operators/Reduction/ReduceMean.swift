/// ONNX `ReduceMean`: the arithmetic mean of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceMean = reduction(
    "ReduceMean", ReductionFunction(floats: { $0.reduce(0, +) / Double($0.count) }))
}
