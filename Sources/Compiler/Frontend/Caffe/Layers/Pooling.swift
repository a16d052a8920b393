import CCaffeProto
import GraphIR
import Tensors

extension CaffeLayerType {
  /// `MaxPool` or `AveragePool`, of the whole image `GlobalMaxPool` or `GlobalAveragePool`.
  static let pooling = CaffeLayerType("Pooling", legacyName: "POOLING") {
    layer, builder throws(TesseraError) in
    let (_, extents) = try builder.image(of: layer)
    let proto = layer.parameters.pooling
    let operators = [
      CAFFE__POOLING_PARAMETER__POOL_METHOD__MAX: "MaxPool",
      CAFFE__POOLING_PARAMETER__POOL_METHOD__AVE: "AveragePool",
    ]
    guard let operatorName = operators[proto.pool] else {
      throw layer.unsupported("stochastic pooling is not supported")
    }
    guard let window = try CaffeWindow(proto, of: layer) else {
      return try builder.append(
        "Global\(operatorName)", name: layer.name, inputs: layer.inputs, output: layer.outputs[0])
    }
    let roundsUp = proto.round_mode == CAFFE__POOLING_PARAMETER__ROUND_MODE__CEIL
    try window.checkPooling(extents, roundsUp: roundsUp, of: layer)
    var attributes = window.attributes(padsEnd: window.pads)
    if roundsUp { attributes["ceil_mode"] = .int(1) }
    // Each sum is divided by the size of its window within the padded image.
    if operatorName == "AveragePool", window.pads != [0, 0] {
      attributes["count_include_pad"] = .int(1)
    }
    try builder.append(
      operatorName, name: layer.name, inputs: layer.inputs, output: layer.outputs[0],
      attributes: attributes)
  }
}

extension CaffeWindow {
  /// Checks that the windows over an image of `extents` rows and columns are ONNX's.
  ///
  /// Their number is `(extent + 2 pad − kernel) / stride + 1`, rounded up unless `round_mode` is `FLOOR`,
  /// as with `ceil_mode`; with padding, a last window that would start after the image is left out
  /// (`pooling_layer.cpp`), without padding ONNX alone leaves it out.
  fileprivate func checkPooling(
    _ extents: [Int], roundsUp: Bool, of layer: CaffeLayer
  ) throws(TesseraError) {
    guard zip(pads, kernel).allSatisfy(<) else {
      throw layer.invalid(
        "its pad \(listDescription(pads)) is not smaller than its kernel "
          + listDescription(kernel))
    }
    for (index, extent) in extents.enumerated() {
      let (stride, room) = (strides[index], extent + 2 * pads[index] - kernel[index])
      guard room >= 0 || (roundsUp && room > -stride) else {
        throw layer.invalid("its kernel \(listDescription(kernel)) is larger than the padded image")
      }
      let lastStart = roundsUp && room > 0 ? (room + stride - 1) / stride * stride : 0
      guard pads != [0, 0] || lastStart < extent else {
        throw layer.unsupported("a pooling window lies beyond the image, which is not supported")
      }
    }
  }
}
