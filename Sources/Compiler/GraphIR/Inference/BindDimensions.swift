import Tensors

extension Graph {
  /// Fixes the shapes of inputs, and with them the symbols that they name, in all types.
  ///
  /// What inference found before stays as far as it does not depend on the symbols; `inferTypes`
  /// must follow.
  ///
  /// - Parameter shapes: the extents of each input to fix, by the input's name.
  /// - Throws: `invalidUsage`, with all problems at once: an unknown name, another rank than the
  ///   input's, an extent below 1 or other than the model fixes, one symbol with two extents.
  package mutating func bindDimensions(_ shapes: [String: [Int]]) throws(TesseraError) {
    let known = Set(inputs)
    var bound = types
    var problems: [Diagnostic] = []
    var extents: [String: (extent: Int, input: String)] = [:]
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      func fail(_ message: String) { problems.append(Diagnostic(message, at: .value(name))) }
      guard known.contains(name), let type = types[name] else {
        fail(
          defaults.contains(name)
            ? "the model gives this input a value, in whose place --weights can bind another; its shape is fixed"
            : "the model has no such input; it has \(inputsDescription)")
        continue
      }
      guard shape.allSatisfy({ $0 > 0 }) else {
        fail("the shape \(listDescription(shape)) has an extent below 1")
        continue
      }
      let dimensions = type.dimensions ?? Array(repeating: .unknown, count: shape.count)
      guard dimensions.count == shape.count else {
        fail("the shape \(listDescription(shape)) does not fit the input's type \(type)")
        continue
      }
      for (dimension, extent) in zip(dimensions, shape) {
        switch dimension {
        case .fixed(let fixed):
          if fixed != extent {
            fail("the shape \(listDescription(shape)) does not fit the input's type \(type)")
          }
        case .symbol(let symbol):
          if let known = extents[symbol], known.extent != extent {
            fail(
              "the symbol \(symbol) would be \(extent) here, but \(known.extent) in "
                + "'\(known.input)'")
          }
          extents[symbol] = (extent, name)
        case .unknown: break
        }
      }
      bound[name]?.dimensions = shape.map(Dimension.fixed)
    }
    if let error = TesseraError(.invalidUsage, diagnostics: problems) { throw error }

    shapeElements = [:]
    types = bound.mapValues { type in
      TensorType(
        type.elementType,
        type.dimensions?.map { dimension in
          guard case .symbol(let name) = dimension, let bound = extents[name] else {
            return dimension
          }
          return .fixed(bound.extent)
        })
    }
  }

  /// The inputs whose shapes are not yet fixed, in the order of the graph.
  package func unboundInputs() -> [String] {
    inputs.filter { types[$0]?.shape == nil }
  }

  private var inputsDescription: String {
    guard inputs.count <= 10 else { return quotedList(inputs) }
    if inputs.isEmpty { return "none" }
    return inputs.map { "'\($0)': \(types[$0]?.description ?? "?")" }.joined(separator: ", ")
  }
}
