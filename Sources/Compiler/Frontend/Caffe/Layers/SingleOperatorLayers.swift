import CCaffeProto
import GraphIR
import Tensors

/// The types of layers that become one operator on the layer's inputs.
extension CaffeLayerType {
  static let concat = single("Concat", legacyName: "CONCAT", bottoms: 1...Int.max) {
    layer, builder throws(TesseraError) in
    let proto = layer.parameters.concat
    let rank = try builder.dimensions(ofInput: 0, of: layer).count
    let axis = proto.has_concat_dim != 0 ? Int32(clamping: proto.concat_dim) : proto.axis
    return ("Concat", ["axis": .int(Int64(try layer.axis(axis, rank: rank)))])
  }

  static let dropout = single("Dropout", legacyName: "DROPOUT") { _, _ in ("Dropout", [:]) }

  /// Caffe divides alpha by the number of channels, as ONNX does.
  static let lrn = single("LRN", legacyName: "LRN") { layer, _ throws(TesseraError) in
    let proto = layer.parameters.lrn
    guard proto.norm_region == CAFFE__LRNPARAMETER__NORM_REGION__ACROSS_CHANNELS else {
      throw layer.unsupported("normalization within channels is not supported")
    }
    guard proto.local_size % 2 == 1 else {
      throw layer.invalid("its local_size is \(proto.local_size), expected an odd number")
    }
    return (
      "LRN",
      [
        "size": .int(Int64(proto.local_size)), "alpha": .float(proto.alpha),
        "beta": .float(proto.beta), "bias": .float(proto.k),
      ]
    )
  }

  static let relu = single("ReLU", legacyName: "RELU") { layer, _ throws(TesseraError) in
    let slope = layer.parameters.relu.negative_slope
    guard slope == 0 else {
      throw layer.unsupported("its negative_slope is \(slope); only 0 is supported")
    }
    return ("Relu", [:])
  }

  static let softmax = single("Softmax", legacyName: "SOFTMAX") {
    layer, builder throws(TesseraError) in
    let rank = try builder.dimensions(ofInput: 0, of: layer).count
    let axis = try layer.axis(layer.parameters.softmax.axis, rank: rank)
    return ("Softmax", ["axis": .int(Int64(axis))])
  }

  /// An `Identity` for each top.
  static let split = CaffeLayerType("Split", legacyName: "SPLIT", tops: 1...Int.max) {
    layer, builder throws(TesseraError) in
    for (index, output) in layer.outputs.enumerated() {
      try builder.append(
        "Identity", name: layer.outputs.count == 1 ? layer.name : "\(layer.name)_\(index)",
        inputs: layer.inputs, output: output)
    }
  }

  private static func single(
    _ name: String, legacyName: String, bottoms: ClosedRange<Int> = 1...1,
    node:
      @escaping @Sendable (CaffeLayer, CaffeGraphBuilder) throws(TesseraError) -> (
        operatorName: String, attributes: [String: Attribute]
      )
  ) -> CaffeLayerType {
    CaffeLayerType(name, legacyName: legacyName, bottoms: bottoms) {
      layer, builder throws(TesseraError) in
      let (operatorName, attributes) = try node(layer, builder)
      try builder.append(
        operatorName, name: layer.name, inputs: layer.inputs, output: layer.outputs[0],
        attributes: attributes)
    }
  }
}
