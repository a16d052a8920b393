import Tensors

/// One extent of a graph value.
package enum Dimension: Sendable, Hashable {
  /// A known extent, at least 0.
  case fixed(Int)
  /// An extent that all dimensions of the same symbol share, such as `N`.
  case symbol(String)
  /// An extent of which nothing is known.
  case unknown

  private static let placeholders: Set<String> = ["", "?", "*", "-1", "none", "unknown"]

  /// The extent that a model file gives as a number; nil if it is none. Exporters write -1 for extents
  /// of which they know nothing.
  package init?(number: Int64) {
    guard number >= -1, let extent = Int(exactly: number) else { return nil }
    self = extent < 0 ? .unknown : .fixed(extent)
  }

  /// The extent that a model file gives as a name. Names that exporters write for every extent of which
  /// they know nothing are no symbols: two such extents may differ.
  package init(name: String) {
    self = Self.placeholders.contains(name.lowercased()) ? .unknown : .symbol(name)
  }

  /// The extent, if it is known.
  package var value: Int? {
    if case .fixed(let value) = self { value } else { nil }
  }
}

extension Dimension: CustomStringConvertible {
  /// The extent, the symbol, or `?`.
  package var description: String {
    switch self {
    case .fixed(let value): "\(value)"
    case .symbol(let name): name
    case .unknown: "?"
    }
  }
}

/// The element type and the shape of a graph value.
package struct TensorType: Sendable, Hashable {
  package var elementType: ElementType
  /// Extents, outermost first; nil if not even the rank is known.
  package var dimensions: [Dimension]?

  /// The most bytes that a value of a graph may take: 1 TiB. Inference refuses larger ones, so that
  /// sums and products of few extents of a checked graph do not overflow.
  package static let maxByteCount = 1 << 40

  package init(_ elementType: ElementType, _ dimensions: [Dimension]?) {
    self.elementType = elementType
    self.dimensions = dimensions
  }

  package init(_ elementType: ElementType, shape: Shape) {
    self.init(elementType, shape.dimensions.map(Dimension.fixed))
  }

  package init(of tensor: Tensor) {
    self.init(tensor.elementType, shape: tensor.shape)
  }

  /// The shape, if every extent is known.
  package var shape: Shape? {
    guard let dimensions else { return nil }
    var extents: [Int] = []
    for dimension in dimensions {
      guard let value = dimension.value else { return nil }
      extents.append(value)
    }
    return Shape(extents)
  }
}

extension TensorType: CustomStringConvertible {
  /// As ONNX's textual syntax writes it: `float[N, 3, 224, ?]`; `float[]` without a known rank…
  /// a scalar is `float`.
  package var description: String {
    guard let dimensions else { return "\(elementType.onnxName)[]" }
    if dimensions.isEmpty { return elementType.onnxName }
    return "\(elementType.onnxName)[\(dimensions.map(\.description).joined(separator: ", "))]"
  }
}
