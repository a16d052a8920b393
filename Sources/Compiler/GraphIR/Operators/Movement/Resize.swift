import Tensors

/// ONNX `Resize` and `Upsample`: a tensor with other extents, resampled along each dimension. Older
/// forms, which have no choice, are those of `asymmetric` coordinates.
package struct ResizeParameters: Sendable, Equatable {
  package enum Mode: String, Sendable, CaseIterable { case nearest, linear, cubic }
  /// How positions of the result lie on the input.
  package enum Coordinates: String, Sendable, CaseIterable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case tfHalfPixelForNearest = "tf_half_pixel_for_nn"
    case tfCropAndResize = "tf_crop_and_resize"
  }
  /// How a position between two elements becomes one of them.
  package enum Rounding: String, Sendable, CaseIterable {
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
    case floor, ceil
    /// Before opset 11: down where the result is larger than the input, else up.
    case simple = ""
  }

  /// One dimension of the input.
  package struct Axis: Sendable, Equatable {
    package var inputExtent: Int
    package var outputExtent: Int
    package var scale: Float
    /// The part of the input that `tfCropAndResize` takes, from 0 to 1.
    package var start: Float = 0
    package var end: Float = 1

    package var isIdentity: Bool {
      inputExtent == outputExtent && scale == 1 && start == 0 && end == 1
    }
  }

  package var mode = Mode.nearest
  package var coordinates = Coordinates.halfPixel
  package var rounding = Rounding.roundPreferFloor
  package var cubicCoefficient: Float = -0.75
  package var excludesOutside = false
  package var antialiases = false
  package var extrapolation: Float = 0
  package var axes: [Axis] = []

  /// - Throws: `unsupported` if the extents or the scales are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let isOld = node.operatorName == "Upsample" || opsetVersion < 11
    mode = try node.choice("mode", default: .nearest)
    if isOld {
      (coordinates, rounding) = (.asymmetric, .simple)
    } else {
      try readChoices(node)
    }
    try readExtents(node, in: graph)
  }

  private mutating func readChoices(_ node: Node) throws(TesseraError) {
    coordinates = try node.choice("coordinate_transformation_mode", default: .halfPixel)
    rounding = try node.choice("nearest_mode", default: .roundPreferFloor)
    cubicCoefficient = try node.floatAttribute("cubic_coeff_a", default: -0.75)
    excludesOutside = try node.flagAttribute("exclude_outside")
    antialiases = try node.flagAttribute("antialias")
    extrapolation = try node.floatAttribute("extrapolation_value", default: 0)
  }

  private mutating func readExtents(_ node: Node, in graph: Graph) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let extents = type.shape?.dimensions else {
      throw node.unsupported("its input's shape \(type) is not fixed")
    }
    guard let request = try ResizeRequest(node, in: graph, rank: extents.count),
      let result = try request.outputDimensions(extents.map { .fixed($0) }, of: node).fixedValues
    else {
      throw node.unsupported("its scales are computed at run time; only constants are supported")
    }
    let scales = try request.scales(extents, of: node)
    axes = extents.indices.map {
      Axis(inputExtent: extents[$0], outputExtent: result[$0], scale: scales[$0])
    }
    guard coordinates == .tfCropAndResize else { return }
    let roi = try graph.constantInput(1, "roi", of: node)?.cast(to: .float32).values(as: Float.self)
    guard let roi, roi.count == 2 * request.axes.count, roi.allSatisfy(\.isFinite) else {
      throw node.invalid("its input 'roi' has not 2 finite elements an axis")
    }
    for (place, axis) in request.axes.enumerated() {
      (axes[axis].start, axes[axis].end) = (roi[place], roi[request.axes.count + place])
    }
  }
}

/// The extents or scales that a node asks for.
private struct ResizeRequest {
  /// The dimensions that are resized.
  var axes: [Int]
  /// One of an axis; nil where `sizes` are given.
  var givenScales: [Float]?
  var sizes: [Dimension]?
  var policy: String

  /// Nil if they are not known.
  init?(_ node: Node, in graph: Graph, rank: Int) throws(TesseraError) {
    axes = Array(0..<rank)
    if let given = try node.intsAttribute("axes") {
      axes = []
      for axis in given { axes.append(try node.normalizedAxis(axis, rank: rank)) }
      _ = try node.normalizedAxes(given, rank: rank)
    }
    policy = try node.stringAttribute("keep_aspect_ratio_policy") ?? "stretch"
    guard ["stretch", "not_larger", "not_smaller"].contains(policy) else {
      throw node.invalid(
        "keep_aspect_ratio_policy is '\(policy)', expected stretch, not_larger or not_smaller")
    }
    // Upsample 7 has an attribute, Upsample 9 and Resize 10 the second input, newer ones the third.
    if case .floats(let values)? = node.attributes["scales"] {
      givenScales = values
    } else {
      let index = node.inputs.count == 2 ? 1 : 2
      if let name = node.input(index) {
        guard let tensor = graph.constants[name] else { return nil }
        let values: [Float] = try tensor.cast(to: .float32).values(as: Float.self) ?? []
        givenScales = values.isEmpty ? nil : values
      }
    }
    if givenScales == nil {
      sizes = try graph.integerElements(3, "sizes", of: node)
      if node.input(3) != nil, sizes == nil { return nil }
    }
    guard let count = givenScales?.count ?? sizes?.count else {
      throw node.invalid("it has neither scales nor sizes")
    }
    guard count == axes.count else {
      throw node.invalid("it has \(count) scales or sizes for \(axes.count) dimensions")
    }
    for scale in givenScales ?? [] where !(scale > 0 && scale.isFinite) {
      throw node.invalid("a scale is \(scale)")
    }
  }

  /// Extents of the result, as far as they are known.
  func outputDimensions(
    _ input: [Dimension], of node: Node
  ) throws(TesseraError) -> [Dimension] {
    var output = input
    let aspect = try aspectScale(input.map(\.value), of: node)
    for (place, axis) in axes.enumerated() {
      if let givenScales {
        if givenScales[place] == 1 { continue }
        guard let extent = input[axis].value else {
          output[axis] = .unknown
          continue
        }
        output[axis] = .fixed(try extents(Double(givenScales[place] * Float(extent)), of: node))
      } else if let sizes, policy == "stretch" {
        output[axis] = sizes[place]
        if let size = sizes[place].value, size < 0 { throw node.invalid("a size is \(size)") }
      } else if let aspect, let extent = input[axis].value {
        output[axis] = .fixed(
          try extents((Double(aspect) * Double(extent) + 0.5).rounded(.down), of: node))
      } else {
        output[axis] = .unknown
      }
    }
    return output
  }

  /// The scale of each dimension of the input.
  func scales(_ input: [Int], of node: Node) throws(TesseraError) -> [Float] {
    var scales = input.map { _ in Float(1) }
    let aspect = try aspectScale(input, of: node)
    for (place, axis) in axes.enumerated() {
      if let givenScales {
        scales[axis] = givenScales[place]
      } else if let size = sizes?[place].value {
        scales[axis] = aspect ?? Float(size) / Float(input[axis])
      }
    }
    return scales
  }

  /// The one scale of all axes where the aspect ratio is to be kept.
  private func aspectScale(_ input: [Int?], of node: Node) throws(TesseraError) -> Float? {
    guard policy != "stretch", let sizes else { return nil }
    var scales: [Float] = []
    for (place, axis) in axes.enumerated() {
      guard let size = sizes[place].value, let extent = input[axis], extent > 0 else { return nil }
      scales.append(Float(size) / Float(extent))
    }
    return policy == "not_larger" ? scales.min() : scales.max()
  }

  private func extents(_ value: Double, of node: Node) throws(TesseraError) -> Int {
    guard value >= 0, value <= Double(TensorType.maxByteCount) else {
      throw node.invalid("a dimension would have \(value) elements")
    }
    return Int(value)
  }
}

extension Node {
  /// A string attribute that names a case.
  fileprivate func choice<Case: RawRepresentable<String> & CaseIterable>(
    _ name: String, default value: Case
  ) throws(TesseraError) -> Case {
    guard let text = try stringAttribute(name) else { return value }
    // What exporters of old called linear.
    guard let found = Case(rawValue: text == "bilinear" ? "linear" : text), !text.isEmpty else {
      let names = Case.allCases.map(\.rawValue).filter { !$0.isEmpty }.joined(separator: ", ")
      throw invalid("\(name) is '\(text)', expected one of \(names)")
    }
    return found
  }
}

extension Operator {
  static let resize = resampling(
    "Resize",
    forms: [
      OperatorForm(since: 10, inputs: 2...2, attributes: ["mode"]),
      OperatorForm(since: 11, inputs: 1...4, attributes: choices),
      OperatorForm(
        since: 18, inputs: 1...4,
        attributes: choices.union(["antialias", "axes", "keep_aspect_ratio_policy"])),
    ]
  )
  .stating(
    limits: "scales, sizes and roi are constants",
    "at most 1048576 elements a dimension, fewer with antialias")

  private static let choices: Set<String> = [
    "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value",
    "mode", "nearest_mode",
  ]

  /// An operator whose nodes `ResizeParameters` reads.
  static func resampling(_ name: String, forms: [OperatorForm]) -> Operator {
    Operator(
      name, forms: forms,
      inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
        let input = try graph.inputType(0, of: node)
        guard let dimensions = input.dimensions else { return [input] }
        let request = try ResizeRequest(node, in: graph, rank: dimensions.count)
        return [
          TensorType(
            input.elementType,
            try request?.outputDimensions(dimensions, of: node)
              ?? Array(repeating: .unknown, count: dimensions.count))
        ]
      })
  }
}
