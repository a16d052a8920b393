import Tensors

/// ONNX `Pad`: more elements (or fewer, where an amount is negative) at both ends of each dimension.
/// The amounts are attributes before opset 11 and inputs from then on; `axes` came with opset 18.
package struct PadParameters: Sendable, Equatable {
  /// Where the new elements come from.
  package enum Mode: String, Sendable, CaseIterable {
    /// `value`
    case constant
    /// The neighbours in reverse, without the border element itself.
    case reflect
    /// The border element.
    case edge
    /// The opposite end, as if the tensor repeated.
    case wrap
  }

  package var mode: Mode
  /// Elements to add before the first one of each of the input's dimensions.
  package var before: [Int]
  /// Elements to add after the last one of each of the input's dimensions.
  package var after: [Int]
  /// What `constant` fills in.
  package var value: Float

  package init(mode: Mode = .constant, before: [Int], after: [Int], value: Float = 0) {
    self.mode = mode
    self.before = before
    self.after = after
    self.value = value
  }

  /// - Throws: `unsupported` if the amounts or the value are not constant.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard let amounts = try Self.amounts(of: node, in: graph, opsetVersion: opsetVersion) else {
      throw node.unsupported("its amounts are computed at run time; only constants are supported")
    }
    self.init(
      mode: try Self.mode(of: node, opsetVersion: opsetVersion), before: amounts.before,
      after: amounts.after)
    if opsetVersion < 11 {
      value = try node.floatAttribute("value", default: 0)
    } else if let tensor = try graph.constantInput(2, "constant_value", of: node) {
      value = try tensor.cast(to: .float32).values(as: Float.self)?.first ?? 0
    }
  }

  static func mode(of node: Node, opsetVersion: Int) throws(TesseraError) -> Mode {
    let name = try node.stringAttribute("mode") ?? Mode.constant.rawValue
    guard let mode = Mode(rawValue: name), mode != .wrap || opsetVersion >= 19 else {
      let names = Mode.allCases.filter { $0 != .wrap || opsetVersion >= 19 }.map(\.rawValue)
      throw node.invalid("mode is '\(name)', expected one of \(names.joined(separator: ", "))")
    }
    return mode
  }

  /// The amounts for each of the input's dimensions; nil if they are not constant or the rank is
  /// not known.
  static func amounts(of node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError)
    -> (before: [Int], after: [Int])?
  {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else { return nil }
    var axes = Array(0..<rank)
    let pads: [Int]
    if opsetVersion < 11 {
      pads = try node.require(try node.intsAttribute("pads"), attribute: "pads")
    } else {
      guard let given = try graph.integerElements(1, "pads", of: node)?.fixedValues else {
        return nil
      }
      pads = given
      if node.input(3) != nil {
        guard let given = try graph.integerElements(3, "axes", of: node)?.fixedValues else {
          return nil
        }
        axes = []
        for axis in given { axes.append(try node.normalizedAxis(axis, rank: rank)) }
        _ = try node.normalizedAxes(given, rank: rank)
      }
    }
    guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude <= TensorType.maxByteCount })
    else {
      throw node.invalid(
        "its amounts are \(listDescription(pads)), expected \(2 * axes.count) values, none beyond "
          + "±\(TensorType.maxByteCount)")
    }
    var before = Array(repeating: 0, count: rank)
    var after = before
    for (place, axis) in axes.enumerated() {
      before[axis] = pads[place]
      after[axis] = pads[axes.count + place]
    }
    return (before, after)
  }

  /// The output's type, as far as the amounts and the input's extents are known.
  static func outputType(of node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError)
    -> TensorType
  {
    let input = try graph.inputType(0, of: node)
    let mode = try mode(of: node, opsetVersion: opsetVersion)
    if opsetVersion >= 11, let value = try graph.optionalInputType(2, of: node) {
      try node.checkSameElementType(input.elementType, value, "constant value")
    }
    guard let dimensions = input.dimensions else { return input }
    guard
      let (before, after) = try amounts(
        of: node, in: graph, opsetVersion: opsetVersion)
    else {
      return TensorType(
        input.elementType, Array(repeating: .unknown, count: dimensions.count))
    }
    var output: [Dimension] = []
    for (axis, dimension) in dimensions.enumerated() {
      guard let extent = dimension.value else {
        output.append(before[axis] == 0 && after[axis] == 0 ? dimension : .unknown)
        continue
      }
      let result = extent + before[axis] + after[axis]
      let kept = extent + min(before[axis], 0) + min(after[axis], 0)
      guard result >= 0, kept > 0 || mode == .constant || result <= kept else {
        throw node.invalid(
          "it adds \(before[axis]) and \(after[axis]) elements to dimension \(axis) of \(input), "
            + "which has too few for that")
      }
      output.append(.fixed(result))
    }
    return TensorType(input.elementType, output)
  }

  /// Where the elements of an output dimension come from, for an input dimension of `extent`
  /// elements; negative for `value`.
  ///
  /// Negative amounts first cut the input; what is left is padded.
  package func sources(_ dimension: Int, extent: Int) -> [Int] {
    let first = max(-before[dimension], 0)
    let count = extent - first - max(-after[dimension], 0)
    let shift = max(before[dimension], 0)
    let outputCount = max(extent + before[dimension] + after[dimension], 0)
    return (0..<outputCount).map { index in
      let position = index - shift
      if position >= 0, position < count { return first + position }
      guard count > 0 else { return -1 }
      switch mode {
      case .constant: return -1
      case .edge: return first + (position < 0 ? 0 : count - 1)
      case .wrap: return first + modulo(position, count)
      case .reflect:
        guard count > 1 else { return first }
        let place = modulo(position, 2 * (count - 1))
        return first + (place < count ? place : 2 * (count - 1) - place)
      }
    }
  }
}

/// The remainder in `0..<divisor`, for a positive divisor.
private func modulo(_ value: Int, _ divisor: Int) -> Int {
  let remainder = value % divisor
  return remainder < 0 ? remainder + divisor : remainder
}

extension Operator {
  static let pad = Operator(
    "Pad",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["mode", "pads", "value"]),
      OperatorForm(since: 11, inputs: 2...3, attributes: ["mode"]),
      OperatorForm(since: 18, inputs: 2...4, attributes: ["mode"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      [try PadParameters.outputType(of: node, in: graph, opsetVersion: opsetVersion)]
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let type = try PadParameters.outputType(of: node, in: graph, opsetVersion: opsetVersion)
      let pad = try PadParameters(node, in: graph, opsetVersion: opsetVersion)
      _ = try node.evaluatedShape(
        type.dimensions?.fixedValues ?? [], type.elementType, growingFrom: [input])
      let strides = input.shape.strides
      let offsets = input.shape.dimensions.enumerated().map { axis, extent in
        pad.sources(axis, extent: extent).map { $0 < 0 ? -1 : $0 * strides[axis] }
      }
      var fill = inputs.indices.contains(2) ? inputs[2] : nil
      if opsetVersion < 11 {
        fill = try Tensor([pad.value], shape: []).cast(to: input.elementType)
      }
      return [try input.gathered(offsets, fill: fill, for: node)]
    }
  )
  .stating(
    .any, limits: "amounts and value are constants",
    "modes edge, reflect and wrap add at most 65536 elements a dimension")
}
