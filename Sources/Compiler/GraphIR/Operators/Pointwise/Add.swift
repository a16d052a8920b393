/// ONNX `Add`: `A + B`, element by element, after broadcasting.
extension Operator {
  static let add = arithmetic("Add", .add)
    .stating(.floatingPoint)
}
