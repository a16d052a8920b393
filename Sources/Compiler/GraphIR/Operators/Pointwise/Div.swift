/// ONNX `Div`: `A / B`, element by element, after broadcasting. Integers are divided towards zero.
extension Operator {
  static let div = arithmetic("Div", .divide)
    .stating(.floatingPoint)
}
