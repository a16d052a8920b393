import CCaffeProto
import GraphIR
import Tensors

extension CaffeLayerType {
  /// A chain of `Add` or `Mul` over bottoms of one shape.
  static let eltwise = CaffeLayerType("Eltwise", legacyName: "ELTWISE", bottoms: 2...Int.max) {
    layer, builder throws(TesseraError) in
    let proto = layer.parameters.eltwise
    let operators = [
      CAFFE__ELTWISE_PARAMETER__ELTWISE_OP__SUM: "Add",
      CAFFE__ELTWISE_PARAMETER__ELTWISE_OP__PROD: "Mul",
    ]
    guard let operatorName = operators[proto.operation] else {
      throw layer.unsupported("the element-wise maximum is not supported")
    }
    let coefficients = scalars(proto.coeff, proto.n_coeff)
    guard coefficients.allSatisfy({ $0 == 1 }) else {
      throw layer.unsupported("sums with other coefficients than 1 are not supported")
    }
    let shapes = try layer.inputs.indices.map { index throws(TesseraError) in
      try builder.dimensions(ofInput: index, of: layer)
    }
    let haveOneShape = shapes.allSatisfy { shape in
      shape.count == shapes[0].count && zip(shape, shapes[0]).allSatisfy { $0.mayEqual($1) }
    }
    guard haveOneShape else {
      throw layer.invalid("its bottoms have different shapes")
    }
    var result = layer.inputs[0]
    for (index, input) in layer.inputs.enumerated().dropFirst() {
      let isLast = index == layer.inputs.count - 1
      let output = isLast ? layer.outputs[0] : builder.newValue("\(layer.name)_\(index)")
      try builder.append(
        operatorName, name: isLast ? layer.name : output, inputs: [result, input], output: output)
      result = output
    }
  }
}
