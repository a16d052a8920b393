import Tensors

extension Tensor {
  /// Calls `body` with the row-major index of each element and the element as Float64. The tensor
  /// must hold float32.
  func forEachFloat(_ body: (Int, Double) -> Void) {
    withUnsafeBytes { bytes in
      for index in 0..<bytes.count / 4 {
        body(index, Double(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)))
      }
    }
  }

  /// The elements of a float32 tensor as Float64, row-major; nil for other element types.
  func doubles() -> [Double]? {
    let values: [Float]? = values()
    return values?.map(Double.init)
  }

  /// `values`, rounded to float32; nil if there are too few or too many, or if one is not finite in
  /// float32.
  static func rounding(_ values: [Double], shape: Shape) throws(TesseraError) -> Tensor? {
    guard values.count == shape.elementCount else { return nil }
    var isFinite = true
    let tensor = try Tensor(elementType: .float32, shape: shape) { bytes in
      for (index, value) in values.enumerated() {
        let rounded = Float(value)
        isFinite = isFinite && rounded.isFinite
        bytes.storeBytes(of: rounded, toByteOffset: 4 * index, as: Float.self)
      }
    }
    return isFinite ? tensor : nil
  }

  /// A float32 tensor with each element multiplied, in Float64, by the factor that
  /// `factorIndex(element index)` selects; nil if a product is not finite in float32.
  func multiplied(
    by factors: [Double], factorIndex: (Int) -> Int
  ) throws(TesseraError) -> Tensor? {
    guard elementType == .float32 else { return nil }
    var isFinite = true
    let product = try Tensor(elementType: .float32, shape: shape) { result in
      forEachFloat { index, element in
        let rounded = Float(element * factors[factorIndex(index)])
        isFinite = isFinite && rounded.isFinite
        result.storeBytes(of: rounded, toByteOffset: 4 * index, as: Float.self)
      }
    }
    return isFinite ? product : nil
  }
}
