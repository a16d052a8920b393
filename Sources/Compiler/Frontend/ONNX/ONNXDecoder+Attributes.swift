import COnnxProto
import GraphIR
import Tensors

extension ONNXDecoder {
  /// An attribute's value; nil, and the problem noted at `place`, for values that we do not support.
  mutating func attribute(
    _ proto: Onnx__AttributeProto, named name: String, at place: Location
  ) -> Attribute? {
    guard string(proto.ref_attr_name).isEmpty else {
      reportInvalid(
        "attribute '\(name)' refers to another attribute, which only functions may do", at: place)
      return nil
    }
    switch proto.has_type != 0 ? proto.type : impliedType(of: proto) {
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT: return .float(proto.f)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT: return .int(proto.i)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
      return text(proto.s, of: name, at: place).map(Attribute.string)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
      guard let tensor = proto.t?.pointee else {
        reportInvalid("attribute '\(name)' has no tensor", at: place)
        return nil
      }
      return self.tensor(tensor, at: place, label: "attribute '\(name)': ")
        .map(Attribute.tensor)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
      return .floats(Array(scalars(proto.floats, proto.n_floats)))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
      return .ints(Array(scalars(proto.ints, proto.n_ints)))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
      let texts = scalars(proto.strings, proto.n_strings).map { text($0, of: name, at: place) }
      return .strings(texts.compactMap { $0 })
    case let type:
      guard let kind = unsupportedKinds[type.rawValue] else {
        reportInvalid(
          "attribute '\(name)' has the unknown type \(type.rawValue)", at: place)
        return nil
      }
      reportUnsupported("attribute '\(name)' is \(kind), which is not supported", at: place)
      return nil
    }
  }

  /// The type of an attribute that does not state it, as in the first versions of the format.
  private func impliedType(of proto: Onnx__AttributeProto) -> Onnx__AttributeProto__AttributeType {
    if proto.has_f != 0 { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT }
    if proto.has_i != 0 { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT }
    if proto.has_s != 0 { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING }
    if proto.t != nil { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR }
    if proto.n_floats > 0 { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS }
    if proto.n_ints > 0 { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS }
    if proto.n_strings > 0 { return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS }
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED
  }

  private mutating func text(
    _ data: ProtobufCBinaryData, of name: String, at place: Location
  ) -> String? {
    guard data.bytes.firstInvalidUTF8Offset == nil else {
      reportInvalid("attribute '\(name)' is not UTF-8 text", at: place)
      return nil
    }
    return String(decoding: data.bytes, as: UTF8.self)
  }
}

/// What the attribute types are that we do not support.
private let unsupportedKinds: [UInt32: String] = [
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH.rawValue: "a graph",
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS.rawValue: "a list of graphs",
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS.rawValue: "a list of tensors",
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR.rawValue: "a sparse tensor",
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS.rawValue: "a list of sparse tensors",
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTO.rawValue: "a type",
  ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS.rawValue: "a list of types",
]
