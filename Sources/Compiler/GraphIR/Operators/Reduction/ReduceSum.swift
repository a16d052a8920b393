/// ONNX `ReduceSum`: the sum of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceSum = reduction(
    "ReduceSum", axesInputVersion: 13,
    ReductionFunction(floats: { $0.reduce(0, +) }, integers: { $0.reduce(0, &+) }))
}
