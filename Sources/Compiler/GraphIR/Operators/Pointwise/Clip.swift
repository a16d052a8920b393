import PointwisePrograms
import Tensors

/// ONNX `Clip`: `min(max(x, min), max)`. The bounds are attributes before opset 11 and inputs from
/// then on.
package struct ClipParameters: Sendable, Equatable {
  /// The lower bound; nil if there is none.
  package var min: Float?
  /// The upper bound; nil if there is none.
  package var max: Float?

  package init(min: Float? = nil, max: Float? = nil) {
    self.min = min
    self.max = max
  }

  /// - Throws: `unsupported` if a bound is not constant, `invalidInput` if one is not a number.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    if opsetVersion < 11 {
      min = try node.floatAttribute("min")
      max = try node.floatAttribute("max")
    } else {
      min = try Self.bound(1, "min", of: node, in: graph)
      max = try Self.bound(2, "max", of: node, in: graph)
    }
    if min?.isNaN == true || max?.isNaN == true {
      throw node.invalid("a bound of it is not a number")
    }
  }

  private static func bound(_ index: Int, _ label: String, of node: Node, in graph: Graph)
    throws(TesseraError) -> Float?
  {
    guard let tensor = try graph.constantInput(index, label, of: node) else { return nil }
    guard tensor.shape.elementCount == 1 else {
      throw node.invalid("the input '\(label)' must be a scalar, but is \(TensorType(of: tensor))")
    }
    return try tensor.cast(to: .float32).values(as: Float.self)?.first
  }
}

extension Operator {
  static let clip = Operator(
    "Clip",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["max", "min"]),
      OperatorForm(since: 11, inputs: 1...3),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      if opsetVersion < 11 {
        _ = try ClipParameters(node, in: graph, opsetVersion: opsetVersion)
        try node.checkFloatingPoint(input)
        return [input]
      }
      for (index, label) in [(1, "min"), (2, "max")] {
        guard let bound = try graph.optionalInputType(index, of: node) else { continue }
        try node.checkSameElementType(input.elementType, bound, "bound '\(label)'")
        if let dimensions = bound.dimensions, !dimensions.allSatisfy({ $0.mayEqual(.fixed(1)) }) {
          throw node.invalid("the input '\(label)' must be a scalar, but is \(bound)")
        }
      }
      return [input]
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let input = try node.constant(inputs, 0)
      var bounds: [Tensor?] = [1, 2].map { inputs.indices.contains($0) ? inputs[$0] : nil }
      if opsetVersion < 11 {
        let graph = Graph(evaluating: node, inputs: inputs)
        let clip = try ClipParameters(node, in: graph, opsetVersion: opsetVersion)
        for (place, bound) in [clip.min, clip.max].enumerated() {
          guard let bound else { continue }
          bounds[place] = try Tensor([bound], shape: []).cast(to: input.elementType)
        }
      }
      return [try input.clamped(low: bounds[0], high: bounds[1], for: node)]
    },
    pointwise: { (node, graph, opsetVersion) throws(TesseraError) in
      let bounds = try ClipParameters(node, in: graph, opsetVersion: opsetVersion)
      var program = PointwiseProgram()
      var value = 0
      if let low = bounds.min {
        value = program.append(.maximum, value, program.append(constant: low))
      }
      if let high = bounds.max {
        value = program.append(.minimum, value, program.append(constant: high))
      }
      return program
    }
  )
  .stating(limits: "bounds are constants")
}
