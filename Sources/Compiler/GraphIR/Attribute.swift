import Tensors

/// The value of a node's attribute (ONNX `AttributeProto`).
package enum Attribute: Sendable {
  case int(Int64)
  case float(Float)
  case string(String)
  case tensor(Tensor)
  case ints([Int64])
  case floats([Float])
  case strings([String])
}
