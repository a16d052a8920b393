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
    guard !overflow, byteOffset >= 0, byteOffset <= storage.byteCount,
      size <= storage.byteCount - byteOffset
    else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// Copies `values`, row-major, into a tensor of `shape`.
  ///
  /// - Throws: `TesseraError` if `values` has another number of elements than `shape`, or if memory is
  ///   refused.
  public init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) throws(TesseraError) {
    guard let shape = Shape(shape), shape.elementCount == values.count else {
      throw TesseraError(
        .invalidInput,
        "\(values.count) values do not fill a tensor of shape \(shape)")
    }
    try self.init(elementType: Scalar.elementType, shape: shape) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// Allocates a zeroed tensor and lets `initialize` fill its bytes.
  ///
  /// - Throws: `TesseraError` if memory is refused, or what `initialize` throws.
  public init(
    elementType: ElementType, shape: Shape,
    initialize: (UnsafeMutableRawBufferPointer) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    self.elementType = elementType
    self.shape = shape
    storage = try TensorStorage(
      byteCount: shape.elementCount * elementType.byteCount, initialize: initialize)
    byteOffset = 0
  }

  /// Allocates a tensor whose element `i`, row-major, is `element(i)`.
  ///
  /// - Throws: `TesseraError` if memory is refused, or what `element` throws.
  package init<Scalar: TensorScalar>(
    shape: Shape, element: (Int) throws(TesseraError) -> Scalar
  ) throws(TesseraError) {
    try self.init(elementType: Scalar.elementType, shape: shape) { (bytes) throws(TesseraError) in
      let elements = bytes.bindMemory(to: Scalar.self)
      for index in elements.indices { elements[index] = try element(index) }
    }
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

  /// The elements where they lie, row-major; nil if the tensor does not hold elements of this Swift
  /// type.
  package func elements<Scalar: TensorScalar>(
    as type: Scalar.Type = Scalar.self
  ) -> TensorElements<Scalar>? {
    guard elementType == Scalar.elementType else { return nil }
    return TensorElements(storage: storage, byteOffset: byteOffset, count: shape.elementCount)
  }

  /// A copy of the elements, row-major; nil if the tensor does not hold elements of this Swift type.
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
