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
    try builder.reshape(
      layer.inputs[0],
      to: dimensions[..<first] + [dimensions[first...last].product] + dimensions[(last + 1)...],
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
  /// Gives a value another shape, of which one extent may be open.
  mutating func reshape(
    _ value: String, to dimensions: [Dimension], output: String, of layer: CaffeLayer
  ) throws(TesseraError) {
    let extents = dimensions.map { $0.value ?? -1 }
    guard extents.count(where: { $0 == -1 }) <= 1 else {
      throw layer.unsupported(
        "its result would be \(TensorType(.float32, dimensions)), with more than one open extent")
    }
    let shape = try constant(extents, named: "\(layer.name)_shape")
    let name = value == layer.inputs[0] ? layer.name : "\(layer.name)_reshape"
    try append("Reshape", name: name, inputs: [value, shape], output: output)
  }
}
