import CPUKernels
import GraphIR
import Lowering
import Tensors
import TesseraRuntime

/// Runs one network on the same inputs, its convolutions computed in one way after the other.
struct ErrorProbe {
  /// The values that are compared, by name, on one input.
  typealias Values = [String: Tensor]

  private let graph: Graph
  private let opsetVersion: Int
  private let images: ImageOptions?

  /// - Parameter graph: with all shapes fixed.
  init(_ graph: Graph, opsetVersion: Int, images: ImageOptions?) {
    self.graph = graph.forErrorProbe()
    self.opsetVersion = opsetVersion
    self.images = images
  }

  /// The values on each input, as the options choose or, where the weights of `base` have an algorithm, by
  /// that. Weights are float32 whatever the options say.
  func values(
    _ options: LoweringOptions, algorithmsOf base: WeightPool = WeightPool()
  ) throws(TesseraError) -> [Values] {
    var options = options
    options.weightType = .float32
    let pool = WeightPool(algorithmsOf: base)
    let variant = try lower(graph, opsetVersion: opsetVersion, options: options, weights: pool).plan
    let weights = try pool.packed(threadCount: options.threadCount)
    let executor = try Executor(kernels: options.kernels, threads: options.threadCount)
    _ = try executor.reserve(for: [variant])
    let bound = try executor.bind(variant, weights: WeightRegions(shared: weights.bytes))
    var values: [Values] = []
    for input in ProbeInput.allCases {
      let tensors = try input.tensors(like: PlanSignature(variant).inputs, images)
      values.append(try executor.run(bound, tensors))
    }
    withExtendedLifetime(weights) {}
    return values
  }
}

/// How far the values of one run are from those of another, on each input.
///
/// - Returns: the largest, of all values of floating-point type, of the larger of `max |e| / max |y|` and
///   `‖e‖₂ / ‖y‖₂`. Elements that are not finite in `expected` are left out; infinite if others are not.
func relativeDifferences(_ actual: [ErrorProbe.Values], from expected: [ErrorProbe.Values])
  throws(TesseraError) -> [Double]
{
  var differences: [Double] = []
  for (actual, expected) in zip(actual, expected) {
    var largest = 0.0
    for (name, expected) in expected where expected.elementType.isFloatingPoint {
      guard let expected = try expected.cast(to: .float64).elements(as: Double.self),
        let actual = try actual[name]?.cast(to: .float64).elements(as: Double.self)
      else { continue }
      largest = max(largest, relativeDifference(actual, from: expected))
    }
    differences.append(largest)
  }
  return differences
}

private func relativeDifference(
  _ actual: TensorElements<Double>, from expected: TensorElements<Double>
) -> Double {
  var (largest, magnitude, squares, norm) = (0.0, 0.0, 0.0, 0.0)
  for (expected, actual) in zip(expected, actual) where expected.isFinite {
    guard actual.isFinite else { return .infinity }
    let difference = abs(actual - expected)
    largest = max(largest, difference)
    magnitude = max(magnitude, abs(expected))
    squares += difference * difference
    norm += expected * expected
  }
  guard largest > 0 else { return 0 }
  return max(largest / magnitude, (squares / norm).squareRoot())
}
