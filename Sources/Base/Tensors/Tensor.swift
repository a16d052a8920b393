/// An immutable dense tensor: row-major, the last dimension contiguous, little-endian elements.
/// Copies share the storage.
public struct Tensor: Sendable {
  /// The type of each element.
  public let elementType: ElementType
  /// The extents, outermost first.
  public let shape: Shape
  /// The bytes that this tensor's elements lie in.
  package let storage: TensorStorage
  /// Where in `storage` the first element starts. Any value: elements may be unaligned.
  package let byteOffset: Int

  /// How many bytes the elements take.
  public var byteCount: Int { shape.elementCount * elementType.byteCount }

  /// Refers to bytes in `storage`; nil if they do not all lie inside it.
  package init?(
    elementType: ElementType, shape: Shape, storage: TensorStorage, byteOffset: Int = 0
  ) {
    let (size, overflow) = shape.elementCount.multipliedReportingOverflow(by: elementType.byteCount)
    guard !overflow, byteOffset >= 0, byteOffset <= storage.bytes.count,
      size <= storage.bytes.count - byteOffset
    else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// Copies `values`, row-major, into a tensor of `shape`.
  ///
  /// - Throws: `TesseraError` if `values` has another number of elements than `shape`.
  public init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) throws(TesseraError) {
    guard let shape = Shape(shape), shape.elementCount == values.count else {
      throw TesseraError(
        .invalidInput,
        "\(values.count) values do not fill a tensor of shape \(shape)")
    }
    self.init(elementType: Scalar.elementType, shape: shape) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// Allocates a zeroed tensor and lets `initialize` fill its bytes.
  public init<Failure: Error>(
    elementType: ElementType, shape: Shape,
    initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    self.elementType = elementType
    self.shape = shape
    storage = try TensorStorage(
      byteCount: shape.elementCount * elementType.byteCount, initialize: initialize)
    byteOffset = 0
  }

  /// The same elements under another shape; nil if the number of elements differs.
  public func reshaped(to shape: Shape) -> Tensor? {
    guard shape.elementCount == self.shape.elementCount else { return nil }
    return Tensor(elementType: elementType, shape: shape, storage: storage, byteOffset: byteOffset)
  }

  /// Calls `body` with the bytes of the elements, row-major, possibly unaligned.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: storage.bytes[byteOffset..<byteOffset + byteCount]))
  }

  /// The elements, row-major; nil if the tensor does not hold elements of this Swift type.
  public func values<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar]? {
    guard elementType == Scalar.elementType else { return nil }
    return withUnsafeBytes { bytes in
      [Scalar](unsafeUninitializedCapacity: shape.elementCount) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = shape.elementCount
      }
    }
  }
}
