import CCaffeProto
import Tensors

/// A layer of a network file, in either form, valid as long as the message that it was made from.
struct CaffeLayer {
  let name: String
  /// As the file gives it: `Convolution`, or `CONVOLUTION` in the older form.
  let type: String
  /// True for the older form, `layers { … }`, whose types have names of their own.
  let isLegacy: Bool
  /// The names of the blobs that it reads.
  let bottoms: [String]
  /// The names of the blobs that it writes.
  let tops: [String]
  let parameters: CaffeLayerParameters
  let included: [CaffeStateRule]
  let excluded: [CaffeStateRule]
  /// The values that it reads, one a bottom, and makes, one a top.
  var inputs: [String] = []
  var outputs: [String] = []

  init(_ proto: Caffe__LayerParameter) {
    name = string(proto.name)
    type = string(proto.type)
    isLegacy = false
    bottoms = strings(proto.bottom, proto.n_bottom)
    tops = strings(proto.top, proto.n_top)
    parameters = CaffeLayerParameters(proto)
    included = elements(proto.include, proto.n_include).map { CaffeStateRule($0.pointee) }
    excluded = elements(proto.exclude, proto.n_exclude).map { CaffeStateRule($0.pointee) }
  }

  init(_ proto: Caffe__V1LayerParameter) {
    name = string(proto.name)
    type = proto.has_type == 0 ? "" : Self.name(ofLegacyType: proto.type)
    isLegacy = true
    bottoms = strings(proto.bottom, proto.n_bottom)
    tops = strings(proto.top, proto.n_top)
    parameters = CaffeLayerParameters(proto)
    included = elements(proto.include, proto.n_include).map { CaffeStateRule($0.pointee) }
    excluded = elements(proto.exclude, proto.n_exclude).map { CaffeStateRule($0.pointee) }
  }

  private static func name(ofLegacyType type: Caffe__V1LayerParameter__LayerType) -> String {
    let value = withUnsafePointer(to: caffe__v1_layer_parameter__layer_type__descriptor) {
      protobuf_c_enum_descriptor_get_value($0, Int32(bitPattern: type.rawValue))
    }
    return value.map { String(cString: $0.pointee.name) } ?? "\(type.rawValue)"
  }

  /// Where errors place this layer.
  var location: Location { .layer(name, type: type) }

  /// An error about a layer that Caffe refuses.
  func invalid(_ message: String) -> TesseraError {
    TesseraError(.invalidInput, message, at: location)
  }

  /// An error about a valid layer that needs something we do not support.
  func unsupported(_ message: String) -> TesseraError {
    TesseraError(.unsupported, message, at: location)
  }
}
