import Platform

/// ONNX `ReduceLogSumExp`: `ln Σ eˣ` of the elements along some dimensions. Its parameters are
/// `ReduceParameters`.
extension Operator {
  static let reduceLogSumExp = reduction(
    "ReduceLogSumExp",
    ReductionFunction(floats: { elements in
      let largest = elements.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
      let shift = largest.isInfinite ? 0 : largest
      return Platform.log(elements.reduce(0) { $0 + Platform.exp($1 - shift) }) + shift
    }))
}
