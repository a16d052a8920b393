/// ONNX `ReduceMax`: the maximum of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceMax = reduction(
    "ReduceMax",
    ReductionFunction(
      floats: { $0.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 } },
      integers: { $0.max() ?? 0 }), limits: ["no bool"])
}
