/// ONNX `ReduceProd`: the product of the elements along some dimensions. Its parameters are `ReduceParameters`.
extension Operator {
  static let reduceProd = reduction(
    "ReduceProd", ReductionFunction(floats: { $0.reduce(1, *) }, integers: { $0.reduce(1, &*) }))
}
