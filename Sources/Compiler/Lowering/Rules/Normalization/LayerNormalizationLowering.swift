import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

extension LoweringRule {
  /// `LayerNormalization` → `reduce` and `pointwise`.
  static let layerNormalization = LoweringRule("LayerNormalization") {
    node, builder throws(TesseraError) in
    try requireFloat32(node, builder)
    let parameters = try LayerNormalizationParameters(node, in: builder.graph)
    let shape = try builder.shape(of: node.inputs[0])
    var step = NormalizationStep(
      node: node, extents: shape.dimensions, reduced: Set(parameters.axis..<shape.rank))
    for index in 1...2 {
      guard let name = node.input(index) else { continue }
      step.factors.append(
        .init(
          operand: try builder.dense(name),
          strides: broadcastStrides(of: try builder.shape(of: name), to: shape)))
    }
    try step.lower(epsilon: parameters.epsilon, &builder)
  }

  /// `MeanVarianceNormalization` → `reduce` and `pointwise`.
  static let meanVarianceNormalization = LoweringRule("MeanVarianceNormalization") {
    node, builder throws(TesseraError) in
    try requireFloat32(node, builder)
    let step = NormalizationStep(
      node: node, extents: try builder.shape(of: node.inputs[0]).dimensions,
      reduced: Set(try MeanVarianceNormalizationParameters(node, in: builder.graph).axes))
    var inverse = PointwiseProgram()
    let deviation = inverse.append(.squareRoot, 0)
    let sum = inverse.append(.add, deviation, inverse.append(constant: 1e-9))
    _ = inverse.append(.divide, inverse.append(constant: 1), sum)
    try step.lower(inverse, &builder)
  }

  /// `LpNormalization` → `reduce` and `pointwise`.
  static let lpNormalization = LoweringRule("LpNormalization") {
    node, builder throws(TesseraError) in
    try requireFloat32(node, builder)
    let parameters = try LpNormalizationParameters(node, in: builder.graph)
    let step = NormalizationStep(
      node: node, extents: try builder.shape(of: node.inputs[0]).dimensions,
      reduced: [parameters.axis])
    let norm = try step.appendStatistic(
      parameters.p == 1 ? .absoluteSum : .euclideanNorm, &builder)
    var quotient = PointwiseProgram(inputCount: 2)
    _ = quotient.append(.selectWhere, 1, quotient.append(.divide, 0, 1))
    try step.appendResult(quotient, [norm], &builder)
  }
}
