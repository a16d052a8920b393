import Tensors

/// ONNX `Reshape`: the same elements under the extents that the second input lists, where 0 copies
/// the input's extent (unless `allowzero`) and one −1 takes what is left.
package struct ReshapeParameters: Sendable, Equatable {
  /// The output's extents.
  package var shape: [Int]

  package init(shape: [Int]) {
    self.shape = shape
  }

  /// - Throws: `unsupported` if the output's extents are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try Self.outputType(of: node, in: graph)
    guard let shape = type.shape else {
      throw node.unsupported("its output's shape \(type) is not fixed")
    }
    self.init(shape: shape.dimensions)
  }

  /// The output's type, as far as the target and the input are known.
  static func outputType(of node: Node, in graph: Graph) throws(TesseraError) -> TensorType {
    let input = try graph.inputType(0, of: node)
    guard let target = try graph.integerElements(1, "shape", of: node) else {
      let length = try graph.inputType(1, of: node).dimensions?.first?.value
      let rank = length.flatMap { $0 <= Tensor.maxShapeElements ? $0 : nil }
      return TensorType(
        input.elementType, rank.map { Array(repeating: .unknown, count: $0) })
    }

    let copiesZero = try !node.flagAttribute("allowzero")
    var output: [Dimension] = []
    var open: [Int] = []
    for (index, dimension) in target.enumerated() {
      switch dimension {
      case .fixed(0) where copiesZero:
        guard let dimensions = input.dimensions else {
          output.append(.unknown)
          continue
        }
        guard index < dimensions.count else {
          throw node.invalid("its target copies dimension \(index), which \(input) does not have")
        }
        output.append(dimensions[index])
      case .fixed(-1):
        open.append(index)
        output.append(.unknown)
      case .fixed(let extent) where extent < 0:
        throw node.invalid("its target has the extent \(extent)")
      default: output.append(dimension)
      }
    }
    guard open.count <= 1 else {
      throw node.invalid("its target leaves \(open.count) extents open (-1), expected at most 1")
    }
    guard let dimensions = input.dimensions else { return TensorType(input.elementType, output) }

    let unknown = output.indices.filter { output[$0] == .unknown }
    if let index = open.first ?? unknown.first, unknown.count == 1 {
      var others = output
      others.remove(at: index)
      switch quotient(dimensions, others) {
      case .exact(let extent): output[index] = extent
      case .undetermined: break
      case .indivisible:
        guard open.isEmpty else {
          throw node.invalid("its input \(input) does not fit into \(description(of: target))")
        }
      }
    } else if open.isEmpty, case .indivisible = quotient(dimensions, output) {
      throw node.invalid("its input \(input) does not fit into \(description(of: target))")
    } else if open.isEmpty, case .exact(.fixed(let rest)) = quotient(dimensions, output),
      rest != 1, dimensions.allSatisfy({ $0.value != 0 })
    {
      throw node.invalid("its input \(input) does not fit into \(description(of: target))")
    }
    return TensorType(input.elementType, output)
  }

  private static func description(of target: [Dimension]) -> String {
    "[\(target.map(\.description).joined(separator: ", "))]"
  }

  private enum Quotient {
    case exact(Dimension)
    /// The counts cannot be equal, whatever the symbols stand for.
    case indivisible
    case undetermined
  }

  /// How many elements are left for one more dimension when `elements` fill `others`.
  private static func quotient(_ elements: [Dimension], _ others: [Dimension]) -> Quotient {
    var symbols: [Dimension] = []
    var numerator = 1
    var denominator = 1
    for dimension in elements {
      guard let extent = dimension.value else {
        symbols.append(dimension)
        continue
      }
      let (product, overflow) = numerator.multipliedReportingOverflow(by: extent)
      if overflow { return .undetermined }
      numerator = product
    }
    for dimension in others {
      guard let extent = dimension.value else {
        guard dimension != .unknown, let match = symbols.firstIndex(of: dimension) else {
          return .undetermined
        }
        symbols.remove(at: match)
        continue
      }
      let (product, overflow) = denominator.multipliedReportingOverflow(by: extent)
      // Other than the input, the target may list any extents.
      if overflow { return symbols.isEmpty ? .indivisible : .undetermined }
      denominator = product
    }
    if denominator == 0 {
      // Nothing fills nothing in any number of ways.
      return numerator == 0 || !symbols.isEmpty ? .undetermined : .indivisible
    }
    if numerator == 0 { return .exact(.fixed(0)) }
    if symbols.isEmpty {
      return numerator % denominator == 0 ? .exact(.fixed(numerator / denominator)) : .indivisible
    }
    return symbols.count == 1 && numerator == denominator ? .exact(symbols[0]) : .undetermined
  }
}

extension Operator {
  static let reshape = reshaping(
    "Reshape",
    forms: [
      OperatorForm(inputs: 2...2),
      OperatorForm(since: 14, inputs: 2...2, attributes: ["allowzero"]),
    ]
  ) { (node, graph, _) throws(TesseraError) in
    try ReshapeParameters.outputType(of: node, in: graph)
  }
  .stating(.any, limits: "shape is known at compile time")
}
