/// ONNX `ReduceMin`: the minimum of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceMin = reduction(
    "ReduceMin",
    ReductionFunction(
      floats: { $0.reduce(.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 } },
      integers: { $0.min() ?? 0 }), limits: ["no bool"])
}
