import GraphIR
import Tensors

extension CaffeLayerType {
  /// `Flatten` where the extents from the second on become one; else `Reshape`.
  static let flatten = CaffeLayerType("Flatten", legacyName: "FLATTEN") {
    layer, builder throws(TesseraError) in
    let proto = layer.parameters.flatten
    let dimensions = try builder.dimensions(ofInput: 0, of: layer)
    let first = try layer.axis(proto.axis, rank: dimensions.count)
    let last = try layer.axis(proto.end_axis, rank: dimensions.count)
    guard first <= last else {
      throw layer.invalid("its axis \(first) comes after its end_axis \(last)")
    }
    guard first != 1 || last != dimensions.count - 1 else {
      return try builder.append(
        "Flatten", name: layer.name, inputs: layer.inputs, output: layer.outputs[0],
        attributes: ["axis": .int(1)])
    }
    let copied = Array(repeating: 0, count: first)
    let rest = last + 1..<dimensions.count
    try builder.reshape(
      layer.inputs[0],
      to: [.numbers(copied + [-1])] + (rest.isEmpty ? [] : [.extents(rest)]),
      output: layer.outputs[0], of: layer)
  }
}

extension CaffeLayer {
  /// The dimension that a layer names, counted from the front.
  func axis(_ axis: Int32, rank: Int) throws(TesseraError) -> Int {
    let index = Int(axis) + (axis < 0 ? rank : 0)
    guard (0..<rank).contains(index) else {
      throw invalid("its axis is \(axis), but its bottom '\(bottoms[0])' has \(rank) dimensions")
    }
    return index
  }
}

extension CaffeGraphBuilder {
  /// A part of the shape that a layer's result takes.
  enum ShapePart {
    /// As ONNX's `Reshape` reads them: 0 copies an extent, −1 takes what is left.
    case numbers([Int])
    /// Extents of the layer's first input, whatever they are at run time.
    case extents(Range<Int>)
  }

  /// Gives a value the shape that the parts make one after the other.
  mutating func reshape(
    _ value: String, to parts: [ShapePart], output: String, of layer: CaffeLayer
  ) throws(TesseraError) {
    var vectors: [String] = []
    for part in parts {
      switch part {
      case .numbers(let numbers):
        vectors.append(try constant(numbers, named: "\(layer.name)_shape"))
      case .extents(let axes):
        let extents = newValue("\(layer.name)_extents")
        try append(
          "Shape", name: extents, inputs: [layer.inputs[0]], output: extents,
          attributes: [
            "start": .int(Int64(axes.lowerBound)), "end": .int(Int64(axes.upperBound)),
          ])
        vectors.append(extents)
      }
    }
    var shape = vectors[0]
    if vectors.count > 1 {
      shape = newValue("\(layer.name)_shape")
      try append(
        "Concat", name: shape, inputs: vectors, output: shape, attributes: ["axis": .int(0)])
    }
    let name = value == layer.inputs[0] ? layer.name : "\(layer.name)_reshape"
    try append("Reshape", name: name, inputs: [value, shape], output: output)
  }
}
