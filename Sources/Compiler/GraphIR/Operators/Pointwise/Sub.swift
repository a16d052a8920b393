/// ONNX `Sub`: `A − B`, element by element, after broadcasting.
extension Operator {
  static let sub = arithmetic("Sub", .subtract)
    .stating(.floatingPoint)
}
