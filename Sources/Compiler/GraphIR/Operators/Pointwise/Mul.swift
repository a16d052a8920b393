/// ONNX `Mul`: `A · B`, element by element, after broadcasting.
extension Operator {
  static let mul = arithmetic("Mul", .multiply)
    .stating(.floatingPoint)
}
