import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

/// A normalisation of a dense tensor, seen as a nest of `extents`, over some of its dimensions: `reduce`
/// for the statistics, then `pointwise`.
struct NormalizationStep {
  /// A factor, or a summand, of the normalised elements.
  struct Factor {
    let operand: OperandDraft
    /// One for each extent.
    let strides: [Int]
  }

  let node: Node
  let extents: [Int]
  /// Dimensions that the statistics are over.
  let reduced: Set<Int>
  /// Scale and bias, or fewer.
  var factors: [Factor] = []

  /// `(x − mean) / √(variance + epsilon) · scale + bias`.
  func lower(epsilon: Float, _ builder: inout PlanBuilder) throws(TesseraError) {
    try lower(.inverseDeviation(epsilon: epsilon), &builder)
  }

  /// `(x − mean) · f(variance) · scale + bias`.
  func lower(_ function: PointwiseProgram, _ builder: inout PlanBuilder) throws(TesseraError) {
    let mean = try appendStatistic(.mean, &builder)
    let variance = try appendStatistic(.variance, &builder)
    let count = statisticExtents.reduce(1, *)
    var inverse = PointwiseDescriptor()
    inverse.program = function
    inverse.extents = [count]
    inverse.inputs = [.init(strides: [1])]
    let scale = builder.newBuffer(byteCount: count * MemoryLayout<Float>.size)
    try builder.append(inverse, name: node.displayName, operands: [variance, scale])
    try appendResult(.normalization(factorCount: factors.count), [mean, scale], &builder)
  }

  /// `program` of x, the statistics and the factors.
  func appendResult(
    _ program: PointwiseProgram, _ statistics: [OperandDraft], _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let kept = denseStrides(statisticExtents)
    let statisticStrides = extents.indices.map { axis in
      reduced.contains(axis) ? 0 : kept[axis - reduced.count { $0 < axis }]
    }
    let strides =
      [denseStrides(extents)] + statistics.map { _ in statisticStrides } + factors.map(\.strides)
    let merged = MergedExtents(extents, strides: strides)
    var descriptor = PointwiseDescriptor()
    descriptor.program = program
    descriptor.extents = merged.extents
    descriptor.inputs = merged.strides.map { .init(strides: $0) }
    let input = try builder.dense(node.inputs[0])
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input] + statistics + factors.map(\.operand)
        + [try builder.defineDense(node.outputs[0])])
  }

  /// A number for each index of the other dimensions.
  func appendStatistic(
    _ operation: ReduceDescriptor.Operation, _ builder: inout PlanBuilder
  ) throws(TesseraError) -> OperandDraft {
    let strides = denseStrides(extents)
    var descriptor = ReduceDescriptor()
    descriptor.operation = operation
    descriptor.reduce(extents.indices.map { [(extents[$0], strides[$0])] }, axes: Array(reduced))
    let result = builder.newBuffer(
      byteCount: statisticExtents.reduce(1, *) * MemoryLayout<Float>.size)
    try builder.append(
      descriptor, name: node.displayName, operands: [try builder.dense(node.inputs[0]), result])
    return result
  }

  private var statisticExtents: [Int] {
    extents.indices.filter { !reduced.contains($0) }.map { extents[$0] }
  }
}

extension PointwiseProgram {
  /// `1 / √(variance + epsilon)`.
  static func inverseDeviation(epsilon: Float) -> PointwiseProgram {
    var program = PointwiseProgram()
    let sum = program.append(.add, 0, program.append(constant: epsilon))
    let one = program.append(constant: 1)
    _ = program.append(.divide, one, program.append(.squareRoot, sum))
    return program
  }

  /// `(x − mean) · inverse deviation`, times a scale and plus a bias as far as there are such: inputs in this
  /// order.
  static func normalization(factorCount: Int) -> PointwiseProgram {
    var program = PointwiseProgram(inputCount: 3 + factorCount)
    var value = program.append(.multiply, program.append(.subtract, 0, 1), 2)
    if factorCount > 0 { value = program.append(.multiply, value, 3) }
    if factorCount > 1 { value = program.append(.add, value, 4) }
    return program
  }
}
