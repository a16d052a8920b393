/// ONNX `LogSoftmax`: the logarithm of `Softmax`. Its parameters are `SoftmaxParameters`.
extension Operator {
  static let logSoftmax = normalizedExponential("LogSoftmax")
}
