import CCaffeProto
import GraphIR
import Tensors

extension CaffeLayerType {
  /// `Conv`: weights `[num_output, C / group, kernel rows, kernel columns]` and a bias unless `bias_term`
  /// is false.
  static let convolution = CaffeLayerType("Convolution", legacyName: "CONVOLUTION") {
    layer, builder throws(TesseraError) in
    let (channels, _) = try builder.image(of: layer)
    let proto = layer.parameters.convolution
    guard proto.axis == 1 || proto.axis == -3 else {
      throw layer.unsupported("its channel axis is \(proto.axis); only axis 1 is supported")
    }
    let window = try CaffeWindow(proto, of: layer)
    let group = Int(proto.group)
    let outputs = Int(proto.num_output)
    guard outputs > 0, group > 0, channels % group == 0, outputs % group == 0 else {
      throw layer.invalid(
        "its num_output is \(outputs) and its group \(group), which do not divide \(channels) "
          + "channels")
    }
    var inputs = [layer.inputs[0]]
    inputs.append(
      try builder.weights("weight", of: layer, [outputs, channels / group] + window.kernel))
    if proto.bias_term != 0 { inputs.append(try builder.weights("bias", of: layer, [outputs])) }

    var attributes = window.attributes(padsEnd: window.pads)
    if group != 1 { attributes["group"] = .int(Int64(group)) }
    if window.dilations != [1, 1] { attributes["dilations"] = intsAttribute(window.dilations) }
    try builder.append(
      "Conv", name: layer.name, inputs: inputs, output: layer.outputs[0], attributes: attributes)
  }
}
