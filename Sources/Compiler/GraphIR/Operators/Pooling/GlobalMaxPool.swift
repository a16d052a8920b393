/// ONNX `GlobalMaxPool`: the largest element of each plane of images.
extension Operator {
  static let globalMaxPool = globalPool("GlobalMaxPool")
    .stating(limits: "2-D images")
}
