import CCaffeProto
import GraphIR
import Tensors

extension CaffeLayerType {
  /// `MaxPool`, `AveragePool` or `GlobalAveragePool`.
  static let pooling = CaffeLayerType("Pooling", legacyName: "POOLING") {
    layer, builder throws(TesseraError) in
    let (_, extents) = try builder.image(of: layer)
    let proto = layer.parameters.pooling
    let pooling = try CaffePooling(proto, extents: extents, of: layer)
    let node: (operatorName: String, attributes: [String: Attribute])
    switch proto.pool {
    case CAFFE__POOLING_PARAMETER__POOL_METHOD__MAX: node = ("MaxPool", pooling.maxAttributes)
    case CAFFE__POOLING_PARAMETER__POOL_METHOD__AVE where proto.global_pooling != 0:
      node = ("GlobalAveragePool", [:])
    case CAFFE__POOLING_PARAMETER__POOL_METHOD__AVE:
      node = ("AveragePool", pooling.averageAttributes)
    default: throw layer.unsupported("stochastic pooling is not supported")
    }
    try builder.append(
      node.operatorName, name: layer.name, inputs: layer.inputs, output: layer.outputs[0],
      attributes: node.attributes)
  }
}

/// Caffe's windows over an image. Their number is `(extent + 2 pad − kernel) / stride + 1`, rounded up
/// unless `round_mode` is `FLOOR`; with padding, a last window that would start after the image is left
/// out (`pooling_layer.cpp`).
struct CaffePooling {
  private let window: CaffeWindow
  private let roundsUp: Bool

  /// - Parameter extents: Rows and columns of the image.
  /// - Throws: `TesseraError` where there is no window, or one with no element of the image.
  init(
    _ proto: Caffe__PoolingParameter, extents: [Int], of layer: CaffeLayer
  ) throws(TesseraError) {
    var window = try CaffeWindow(proto, wholeExtents: extents, of: layer)
    let isGlobal = proto.global_pooling != 0
    guard !isGlobal || (window.pads == [0, 0] && window.strides == [1, 1]) else {
      throw layer.invalid("with 'global_pooling' the pad must be 0 and the stride 1")
    }
    guard zip(window.pads, window.kernel).allSatisfy(<) else {
      throw layer.invalid(
        "its pad \(listDescription(window.pads)) is not smaller than its kernel "
          + listDescription(window.kernel))
    }
    let roundsUp = proto.round_mode == CAFFE__POOLING_PARAMETER__ROUND_MODE__CEIL
    for (index, extent) in extents.enumerated() {
      let (pad, stride) = (window.pads[index], window.strides[index])
      let room = extent + 2 * pad - window.kernel[index]
      // Division cuts towards zero, which rounds a negative quotient up.
      var steps = roundsUp && room > 0 ? (room + stride - 1) / stride : room / stride
      let isBeyond = window.pads != [0, 0] && steps * stride >= extent + pad
      if isBeyond { steps -= 1 }
      guard steps >= 0, room >= 0 || (roundsUp && room > -stride) else {
        throw layer.invalid(
          "its kernel \(listDescription(window.kernel)) is larger than the padded image")
      }
      guard steps * stride < extent + pad else {
        throw layer.unsupported("a pooling window lies beyond the image, which is not supported")
      }
      // Of a larger window nothing more is inside.
      window.kernel[index] = min(window.kernel[index], extent + 2 * pad)
    }
    self.window = window
    self.roundsUp = roundsUp
  }

  /// Of `MaxPool`: ONNX rounds up, and leaves windows out, as Caffe does.
  var maxAttributes: [String: Attribute] {
    var attributes = window.attributes(padsEnd: window.pads)
    if roundsUp { attributes["ceil_mode"] = .int(1) }
    return attributes
  }

  /// Of `AveragePool`: besides, each sum is divided by the size of its window within the padded image.
  var averageAttributes: [String: Attribute] {
    var attributes = maxAttributes
    if window.pads != [0, 0] { attributes["count_include_pad"] = .int(1) }
    return attributes
  }
}
