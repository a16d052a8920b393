import COnnxProto
import GraphIR
import Tensors

extension ONNXDecoder {
  /// The declared type of a value; nil if there is none, or none that we support, which is a problem
  /// for graph inputs and outputs only.
  mutating func type(of proto: Onnx__ValueInfoProto, isRequired: Bool) -> TensorType? {
    let place = Location.value(string(proto.name))
    guard let type = proto.type?.pointee else { return nil }
    let containers = [
      ("sequence", type.has_sequence_type), ("map", type.has_map_type),
      ("opaque", type.has_opaque_type), ("sparse tensor", type.has_sparse_tensor_type),
      ("optional", type.has_optional_type),
    ]
    if let container = containers.first(where: { $0.1 != 0 }) {
      if isRequired {
        reportUnsupported("values of type '\(container.0)' are not supported", at: place)
      }
      return nil
    }
    guard let tensor = type.tensor_type?.pointee else { return nil }
    guard let elementType = ElementType(onnxCode: Int(tensor.elem_type)) else {
      // Code 0 stands for a type that is not declared.
      if isRequired && tensor.elem_type != 0 {
        reportUnsupported(
          "tensors with elements \(describeElementType(code: Int(tensor.elem_type))) are not supported",
          at: place)
      }
      return nil
    }
    guard let shape = tensor.shape?.pointee else { return TensorType(elementType, nil) }
    let dimensions = elements(shape.dim, shape.n_dim).map { dimension($0.pointee, of: place) }
    return TensorType(elementType, dimensions)
  }

  private mutating func dimension(
    _ proto: Onnx__TensorShapeProto__Dimension, of place: Location
  ) -> Dimension {
    if proto.has_dim_value != 0 {
      guard let dimension = Dimension(number: proto.dim_value) else {
        reportInvalid(
          "expected a dimension of at least 0, or -1 for an unknown one, found \(proto.dim_value)",
          at: place)
        return .unknown
      }
      return dimension
    }
    return Dimension(name: string(proto.dim_param))
  }
}
