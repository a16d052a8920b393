/// ONNX `ArgMin`: as `ArgMax`, of the smallest element.
extension Operator {
  static let argMin = argExtreme("ArgMin") { -$0 }
}
