/// A Swift type that holds one tensor element.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  /// The element type that this Swift type stores.
  static var elementType: ElementType { get }
}

extension Float: TensorScalar {
  /// `float32`.
  public static var elementType: ElementType { .float32 }
}
extension Double: TensorScalar {
  /// `float64`.
  public static var elementType: ElementType { .float64 }
}
extension Float16: TensorScalar {
  /// `float16`.
  public static var elementType: ElementType { .float16 }
}
extension Int8: TensorScalar {
  /// `int8`.
  public static var elementType: ElementType { .int8 }
}
extension Int16: TensorScalar {
  /// `int16`.
  public static var elementType: ElementType { .int16 }
}
extension Int32: TensorScalar {
  /// `int32`.
  public static var elementType: ElementType { .int32 }
}
extension Int64: TensorScalar {
  /// `int64`.
  public static var elementType: ElementType { .int64 }
}
extension UInt8: TensorScalar {
  /// `uint8`.
  public static var elementType: ElementType { .uint8 }
}
extension UInt16: TensorScalar {
  /// `uint16`.
  public static var elementType: ElementType { .uint16 }
}
extension UInt32: TensorScalar {
  /// `uint32`.
  public static var elementType: ElementType { .uint32 }
}
extension UInt64: TensorScalar {
  /// `uint64`.
  public static var elementType: ElementType { .uint64 }
}
