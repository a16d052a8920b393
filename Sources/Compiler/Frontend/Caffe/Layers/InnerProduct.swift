import GraphIR
import Tensors

extension CaffeLayerType {
  /// `Gemm` of the input as a matrix with weights `[num_output, K]`, or `[K, num_output]` if `transpose`
  /// is set, and a bias unless `bias_term` is false. K is what the extents from `axis` on multiply to.
  static let innerProduct = CaffeLayerType("InnerProduct", legacyName: "INNER_PRODUCT") {
    layer, builder throws(TesseraError) in
    let proto = layer.parameters.innerProduct
    let dimensions = try builder.dimensions(ofInput: 0, of: layer)
    let axis = try layer.axis(proto.axis, rank: dimensions.count)
    let outputs = Int(proto.num_output)
    guard let depth = dimensions[axis...].product.value, depth > 0, outputs > 0 else {
      throw layer.unsupported(
        "its num_output is \(outputs) and its bottom '\(layer.bottoms[0])' "
          + "\(TensorType(.float32, dimensions)), which fix no matrix from axis \(axis) on")
    }
    var matrix = layer.inputs[0]
    if axis != 1 || dimensions.count != 2 {
      matrix = builder.newValue("\(layer.name)_input")
      try builder.append(
        "Flatten", name: matrix, inputs: layer.inputs, output: matrix,
        attributes: ["axis": .int(Int64(axis))])
    }
    let isTransposed = proto.transpose != 0
    var inputs = [matrix]
    inputs.append(
      try builder.weights(
        "weight", of: layer, isTransposed ? [depth, outputs] : [outputs, depth]))
    if proto.bias_term != 0 { inputs.append(try builder.weights("bias", of: layer, [outputs])) }
    let product = axis == 1 ? layer.outputs[0] : builder.newValue("\(layer.name)_product")
    try builder.append(
      "Gemm", name: layer.name, inputs: inputs, output: product,
      attributes: isTransposed ? [:] : ["transB": .int(1)])
    if axis != 1 {
      try builder.reshape(
        product, to: (axis == 0 ? [] : [.extents(0..<axis)]) + [.numbers([outputs])],
        output: layer.outputs[0], of: layer)
    }
  }
}
