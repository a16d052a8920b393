import Tensors

extension Graph {
  /// The element type and the four extents (batch, channels, rows, columns) of an input that holds
  /// images; the extents are unknown if the rank is.
  ///
  /// - Throws: `unsupported` for inputs with one or three spatial dimensions, `invalidInput` for
  ///   other ranks and for elements that are not floating-point.
  package func imageType(_ index: Int, of node: Node) throws(TesseraError)
    -> (elementType: ElementType, dimensions: [Dimension])
  {
    let type = try inputType(index, of: node)
    guard type.elementType.isFloatingPoint else {
      throw node.invalid("input \(index) must hold floating-point elements, but is \(type)")
    }
    guard let dimensions = type.dimensions else {
      return (type.elementType, Array(repeating: .unknown, count: 4))
    }
    switch dimensions.count {
    case 4: return (type.elementType, dimensions)
    case 3, 5...:
      throw node.unsupported(
        "its input \(type) has \(dimensions.count - 2) spatial dimensions; only 2 are supported")
    default:
      throw node.invalid(
        "its input must have 4 dimensions (batch, channels, rows, columns), but is \(type)")
    }
  }

  /// The fixed numbers of rows and columns of an image input.
  ///
  /// - Throws: `unsupported` if they are not fixed, besides what `imageType` throws.
  package func imageExtents(_ index: Int, of node: Node) throws(TesseraError) -> [Int] {
    guard let extents = Array(try imageType(index, of: node).dimensions.suffix(2)).fixedValues
    else {
      throw node.unsupported("its padding depends on the input's extents, which are not fixed")
    }
    return extents
  }
}
