import GraphIR
import Tensors

extension GradientRule {
  static let averagePool = GradientRule(
    "AveragePool", "g / count of each window at the count elements that it averages"
  ) { (step, emitter) throws(TesseraError) in
    let pool = try PoolParameters(step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    let (input, output) = (
      try emitter.extents(of: step.node.inputs[0]), try emitter.extents(of: step.output)
    )
    guard let shape = Shape([input[1], 1] + pool.kernel), shape.elementCount <= maximumTapCount
    else { throw step.node.unsupported("its windows are too large for a gradient") }
    let reciprocals = [0, 1].map { axis in
      (0..<output[2 + axis]).map {
        1 / Double(pool.count(axis, window: $0, extent: input[2 + axis]))
      }
    }
    let type = try emitter.type(of: step.output).elementType
    func constant(_ numbers: [Double], _ shape: [Int]) throws(TesseraError) -> String {
      emitter.constant(try Tensor(numbers, shape: shape).cast(to: type))
    }
    // Windows that all average as many elements need no product of their own.
    let isUniform = reciprocals.allSatisfy { Set($0).count <= 1 }
    var gradient = step.gradient
    var factor = reciprocals.reduce(1) { $0 * ($1.first ?? 1) }
    if !isUniform {
      let table = reciprocals[0].flatMap { row in reciprocals[1].map { row * $0 } }
      gradient = try emitter.emit(
        "Mul", [gradient, try constant(table, [1, 1, output[2], output[3]])])
      factor = 1
    }
    let weights = try constant(
      Array(repeating: factor, count: shape.elementCount), shape.dimensions)
    return [
      0: try emitter.spread(
        gradient, weights,
        TransposedWindow(
          kernel: pool.kernel, strides: pool.strides, dilations: pool.dilations,
          padsBegin: pool.padsBegin, group: input[1]),
        to: input)
    ]
  }

  private static let maximumTapCount = 1 << 24
}

extension PoolParameters {
  /// How many elements of a dimension of `extent` a window counts, those of the padding if it counts them.
  fileprivate func count(_ axis: Int, window: Int, extent: Int) -> Int {
    let first = window * strides[axis] - padsBegin[axis]
    let (begin, end) = countsPadding ? (-padsBegin[axis], extent + padsEnd[axis]) : (0, extent)
    // The first tap that lies at `position` or after it.
    func tap(at position: Int) -> Int {
      let distance = max(0, position - first)
      return min(kernel[axis], (distance + dilations[axis] - 1) / dilations[axis])
    }
    return max(1, tap(at: end) - tap(at: begin))
  }
}
