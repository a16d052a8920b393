import GraphIR
import Tensors

extension GradientRule {
  /// The sums over neighbouring channels are convolutions of 1×1 with matrices of ones along the diagonal.
  static let lrn = GradientRule(
    "LRN",
    "g · s^−beta − 2 · alpha · beta / size · x · Σ g · y / s, s = bias + alpha / size · Σ x²"
  ) { (step, emitter) throws(TesseraError) in
    let lrn = try LRNParameters(step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    let x = step.node.inputs[0]
    let channels = try emitter.extents(of: x)[1]
    let (alpha, beta) = (Double(lrn.alpha) / Double(lrn.size), Double(lrn.beta))
    let before = (lrn.size - 1) / 2
    let after = lrn.size - 1 - before
    let squares = try emitter.emit("Mul", [x, x])
    let sums = try emitter.neighbourSums(
      squares, before: before, after: after, factor: alpha, channels)
    let scales = try emitter.emit(
      "Add", [sums, try emitter.scalar(Double(lrn.bias), like: x)])
    let powers = try emitter.emit("Pow", [scales, try emitter.scalar(-beta, like: x)])
    let direct = try emitter.emit("Mul", [step.gradient, powers])
    let quotients = try emitter.emit(
      "Div", [try emitter.emit("Mul", [step.gradient, step.output]), scales])
    let shares = try emitter.neighbourSums(
      quotients, before: after, after: before, factor: 2 * alpha * beta, channels)
    return [0: try emitter.emit("Sub", [direct, try emitter.emit("Mul", [x, shares])])]
  }
}

extension NodeEmitter {
  /// `factor` times the sum of each channel and of those `before` and `after` it.
  fileprivate mutating func neighbourSums(
    _ value: String, before: Int, after: Int, factor: Double, _ channels: Int
  ) throws(TesseraError) -> String {
    guard let shape = Shape([channels, channels, 1, 1]) else {
      throw TesseraError(.invalidInput, "it has too many channels", at: origin)
    }
    let band = try Tensor(shape: shape) { index in
      let distance = index % channels - index / channels
      return Float(-before...after ~= distance ? factor : 0)
    }
    let weights = constant(try band.cast(to: try type(of: value).elementType))
    return try emit("Conv", [value, weights], ["kernel_shape": .ints([1, 1])])
  }
}
