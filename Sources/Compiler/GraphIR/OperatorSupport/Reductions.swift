import Tensors

/// ONNX `ReduceSum` and its like: one number of the elements along some dimensions. The axes are an
/// attribute, and an input from opset 13 (`ReduceSum`) or 18 (the others) on; without them all
/// dimensions are reduced, or none where `noop_with_empty_axes` is set.
package struct ReduceParameters: Sendable, Equatable {
  /// The input's dimensions that are reduced, ascending.
  package var axes: [Int]
  /// True if they stay as extents of 1.
  package var keepsDimensions: Bool

  package init(axes: [Int], keepsDimensions: Bool = true) {
    self.axes = axes
    self.keepsDimensions = keepsDimensions
  }

  /// - Throws: `unsupported` if the axes are not constant or the input's rank is not known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    keepsDimensions = try node.flagAttribute("keepdims", default: true)
    if ["ArgMax", "ArgMin"].contains(node.operatorName) {
      axes = [try node.normalizedAxis(try node.intAttribute("axis", default: 0), rank: rank)]
      return
    }
    var given = try node.intsAttribute("axes") ?? []
    if let axes = try graph.constantIntegers(1, "axes", of: node) { given = axes }
    let reducesNone = try node.flagAttribute("noop_with_empty_axes")
    if given.isEmpty, !reducesNone { given = Array(0..<rank) }
    axes = try node.normalizedAxes(given, rank: rank)
  }

  /// The input's extents, those of the reduced dimensions 1 or left out.
  package func outputDimensions(_ dimensions: [Dimension]) -> [Dimension] {
    let reduced = Set(axes)
    return dimensions.enumerated().compactMap { axis, dimension in
      reduced.contains(axis) ? (keepsDimensions ? .fixed(1) : nil) : dimension
    }
  }
}

/// What a reduction makes of elements that are constants.
struct ReductionFunction: Sendable {
  var floats: @Sendable ([Double]) -> Double
  /// Of integers, whatever their type; nil where ONNX defines none or shapes need none.
  var integers: (@Sendable ([Int128]) -> Int128)?
}

extension Operator {
  /// - Parameters:
  ///   - axesInputVersion: the opset version from which on the axes are an input.
  ///   - limits: what is stated besides that the axes are constants.
  static func reduction(
    _ name: String, axesInputVersion: Int = 18, _ function: ReductionFunction,
    limits: [String] = []
  ) -> Operator {
    let types = function.integers == nil ? ["constants are floating-point numbers"] : []
    return reduction(
      name,
      forms: [
        OperatorForm(inputs: 1...1, attributes: ["axes", "keepdims"]),
        OperatorForm(
          since: axesInputVersion, inputs: 1...2,
          attributes: ["keepdims", "noop_with_empty_axes"]),
      ], result: nil, { _ in function }
    )
    .stating(limits: ["axes are constants"] + types + limits)
  }

  /// - Parameters:
  ///   - result: the element type of the output; nil for the input's.
  ///   - function: what a node computes of the elements of one result, in row-major order.
  static func reduction(
    _ name: String, forms: [OperatorForm], result: ElementType?,
    _ function: @escaping @Sendable (Node) throws(TesseraError) -> ReductionFunction
  ) -> Operator {
    Operator(
      name, forms: forms,
      inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
        let input = try graph.inputType(0, of: node)
        guard input.elementType != .bool else {
          throw node.unsupported("its input \(input) holds no numbers; that is not supported")
        }
        let elementType = result ?? input.elementType
        guard let dimensions = input.dimensions else { return [TensorType(elementType, nil)] }
        let parameters = try ReduceParameters(node, in: graph, opsetVersion: opsetVersion)
        if result != nil, parameters.axes.contains(where: { dimensions[$0] == .fixed(0) }) {
          throw node.invalid("it looks for a position among no elements of \(input)")
        }
        return [TensorType(elementType, parameters.outputDimensions(dimensions))]
      },
      inferElements: { (node, graph, opsetVersion) throws(TesseraError) in
        guard let elements = node.input(0).flatMap(graph.elements),
          let integers = try function(node).integers,
          try !ReduceParameters(node, in: graph, opsetVersion: opsetVersion).axes.isEmpty
        else { return nil }
        if name == "ReduceProd" { return [elements.product] }
        guard let values = elements.fixedValues, !values.isEmpty else { return nil }
        return Int(exactly: integers(values.map { Int128($0) })).map { [.fixed($0)] }
      },
      evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
        let graph = Graph(evaluating: node, inputs: inputs)
        let input = try node.constant(inputs, 0)
        let parameters = try ReduceParameters(node, in: graph, opsetVersion: opsetVersion)
        return [try input.reduced(parameters, to: result, try function(node), for: node)]
      })
  }
}

extension Tensor {
  fileprivate func reduced(
    _ parameters: ReduceParameters, to result: ElementType?, _ function: ReductionFunction,
    for node: Node
  ) throws(TesseraError) -> Tensor {
    let dimensions = shape.dimensions
    let extents = parameters.outputDimensions(dimensions.map(Dimension.fixed)).compactMap(\.value)
    let target = result ?? elementType
    let shape = try node.evaluatedShape(extents, target, growingFrom: [self])
    let places = [false, true].map { isReduced in
      Self.places(dimensions, strides: self.shape.strides) {
        parameters.axes.contains($0) == isReduced
      }
    }
    if elementType.isFloatingPoint {
      let elements = try cast(to: .float64).elements(as: Double.self)
      let results = try Tensor(shape: shape) { index in
        function.floats(places[1].map { elements?[places[0][index] + $0] ?? .nan })
      }
      return try results.cast(to: target)
    }
    guard let integers = function.integers else {
      throw node.unsupported("it is not supported on constants of \(elementType.onnxName)")
    }
    let elements = try wideIntegers(for: node)
    let results = try Tensor(shape: shape) { index in
      Int64(truncatingIfNeeded: integers(places[1].map { elements[places[0][index] + $0] }))
    }
    return try results.cast(to: target)
  }

  /// Offsets of the elements along the dimensions that `isTaken` takes, row-major.
  private static func places(_ extents: [Int], strides: [Int], _ isTaken: (Int) -> Bool) -> [Int] {
    var places = [0]
    for axis in extents.indices where isTaken(axis) {
      places = places.flatMap { place in (0..<extents[axis]).map { place + $0 * strides[axis] } }
    }
    return places
  }
}
