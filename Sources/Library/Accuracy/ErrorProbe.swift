import CPUKernels
import GraphIR
import Lowering
import Tensors
import TesseraRuntime

/// Runs one network on the same inputs, its convolutions computed in one way after the other.
struct ErrorProbe {
  /// The values that are compared, by name, on one input.
  typealias Values = [String: Tensor]

  private let probed: ProbedGraph
  private let opsetVersion: Int
  private let images: ImageOptions?

  /// - Parameters:
  ///   - graph: with all shapes fixed.
  ///   - steps: of the model.
  init(_ graph: Graph, _ steps: GradientSteps, opsetVersion: Int, images: ImageOptions?) {
    probed = graph.forErrorProbe(steps)
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
    options.narrowing = nil
    let pool = WeightPool(algorithmsOf: base)
    let variant = try lower(
      probed.graph, opsetVersion: opsetVersion, options: options, weights: pool
    ).plan
    let weights = try Arena(byteCount: pool.byteCount)
    try pool.pack(into: weights.bytes, threadCount: options.threadCount)
    let executor = try Executor(kernels: options.kernels, threads: options.threadCount)
    _ = try executor.reserve(for: [variant])
    let bound = try executor.bind(
      variant, weights: WeightRegions(shared: UnsafeRawBufferPointer(weights.bytes)))
    var values: [Values] = []
    let inputs = PlanSignature(variant).inputs
    for scale in ProbeInput.Scale.possible(
      inputs.filter { probed.productCounts[$0.name] == nil }, images)
    {
      for input in ProbeInput.allCases {
        values.append(
          try executor.run(
            bound,
            try input.tensors(
              like: inputs, images, scale, productCounts: probed.productCounts)))
      }
    }
    withExtendedLifetime(weights) {}
    return values
  }

  /// False if nothing can be measured: no element of a value is finite on any input.
  func areMeasurable(_ values: [Values]) throws(TesseraError) -> Bool {
    for tensor in values.lazy.flatMap(\.values) where tensor.elementType.isFloatingPoint {
      if try tensor.cast(to: .float32).hasFiniteFloat { return true }
    }
    return false
  }

  /// How far values are from `expected`, on each input: the largest of the values of floating-point type, as
  /// `MeasuredError` defines it. Elements that are not finite in `expected` are left out; infinite if
  /// others are not.
  func differences(
    of actual: [Values], from expected: [Values]
  ) throws(TesseraError) -> [Double] {
    var differences: [Double] = []
    for (actual, expected) in zip(actual, expected) {
      var largest = 0.0
      try forEachDifference(of: actual, from: expected) { name, difference in
        largest = max(largest, difference.ofNorms)
        if !probed.classifierInputs.contains(name) { largest = max(largest, difference.ofMaxima) }
      }
      differences.append(largest)
    }
    return differences
  }

  /// How far values are from `expected`: the sum of the squares of their distances over their norms, over all
  /// inputs.
  func squaredNorm(of actual: [Values], from expected: [Values]) throws(TesseraError) -> Double {
    var sum = 0.0
    for (actual, expected) in zip(actual, expected) {
      try forEachDifference(of: actual, from: expected) { _, difference in
        sum += difference.ofNorms * difference.ofNorms
      }
    }
    return sum
  }

  /// Of values of floating-point type, by name.
  private func forEachDifference(
    of actual: Values, from expected: Values, _ body: (String, Difference) -> Void
  ) throws(TesseraError) {
    for name in expected.keys.sorted() {
      guard let expected = expected[name], let actual = actual[name],
        expected.elementType.isFloatingPoint
      else { continue }
      body(
        name,
        Difference(try actual.cast(to: .float64), from: try expected.cast(to: .float64)))
    }
  }
}

extension Tensor {
  /// Of float32, whether an element is finite.
  fileprivate var hasFiniteFloat: Bool {
    withUnsafeBytes { bytes in
      for byte in stride(from: 0, to: bytes.count, by: 4)
      where bytes.loadUnaligned(fromByteOffset: byte, as: Float.self).isFinite { return true }
      return false
    }
  }
}

/// How far one value is from another.
private struct Difference {
  /// The largest difference over the largest magnitude.
  private(set) var ofMaxima = 0.0
  /// The Euclidean norm of the difference over that of the value.
  private(set) var ofNorms = 0.0

  /// - Parameters: tensors of Float64 and of the same shape.
  init(_ actual: Tensor, from expected: Tensor) {
    var (largest, magnitude, squares, norm) = (0.0, 0.0, 0.0, 0.0)
    actual.withUnsafeBytes { actual in
      expected.withUnsafeBytes { expected in
        for byte in stride(from: 0, to: min(expected.count, actual.count), by: 8) {
          let expected = expected.loadUnaligned(fromByteOffset: byte, as: Double.self)
          let actual = actual.loadUnaligned(fromByteOffset: byte, as: Double.self)
          guard expected.isFinite else { continue }
          let difference = actual.isFinite ? abs(actual - expected) : .infinity
          largest = max(largest, difference)
          magnitude = max(magnitude, abs(expected))
          squares += difference * difference
          norm += expected * expected
        }
      }
    }
    guard largest > 0 else { return }
    ofMaxima = largest / magnitude
    ofNorms = (squares / norm).squareRoot()
  }
}
