import Tensors

extension Node {
  /// - Throws: `invalidInput` if an operand has another element type than the first input.
  package func checkSameElementType(
    _ elementType: ElementType, _ operand: TensorType, _ label: String
  ) throws(TesseraError) {
    guard operand.elementType == elementType else {
      throw invalid(
        "its input holds \(elementType.onnxName) elements, but its \(label) "
          + "\(operand.elementType.onnxName) elements")
    }
  }

  /// - Throws: `invalidInput` if an operand is known not to be a vector of `count` elements.
  package func checkVector(_ operand: TensorType, count: Dimension, _ label: String)
    throws(TesseraError)
  {
    guard let dimensions = operand.dimensions else { return }
    guard dimensions.count == 1, dimensions[0].mayEqual(count) else {
      let extent = count.value.map(String.init) ?? "one value a channel"
      throw invalid("its \(label) must be a vector of \(extent) elements, but is \(operand)")
    }
  }

  /// - Throws: `invalidInput` if the elements are not floating-point.
  package func checkFloatingPoint(_ type: TensorType) throws(TesseraError) {
    guard type.elementType.isFloatingPoint else {
      throw invalid("its input must hold floating-point elements, but is \(type)")
    }
  }
}

extension Dimension {
  /// False only if both extents are known and differ.
  package func mayEqual(_ other: Dimension) -> Bool {
    guard let value, let otherValue = other.value else { return true }
    return value == otherValue
  }

  /// Of two descriptions of one extent, the one that says more: a number, else a symbol.
  package func refined(by other: Dimension) -> Dimension {
    switch (self, other) {
    case (.fixed, _), (.symbol, .symbol), (_, .unknown): self
    default: other
    }
  }
}
