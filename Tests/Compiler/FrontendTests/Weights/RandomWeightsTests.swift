import GraphIR
import Tensors
import Testing

@testable import Frontend

@Suite struct RandomWeightsTests {
  /// The uniform numbers follow `Docs/random-weights.md` in exact integers; their quantiles were
  /// computed by SciPy 1.17's `norm.ppf`. Both are good to a few units in the last place, which
  /// 4 · 2⁻⁵² bounds for values of this size.
  @Test(arguments: [
    (0, "conv1_1_weight", 0, 1.0691993720953057), (1, "conv1_1_weight", 0, -0.11740609951206918),
    (1, "conv1_1_weight", 1, 1.0606328837538381),
    (1, "fc6_weight", 102_760_447, -2.3649285263769535),
    (UInt64.max, "π", 12345, -0.5283155187273071),
  ])
  func elementsFollowTheDefinition(seed: UInt64, name: String, index: Int, expected: Double) {
    let value = RandomWeights(seed: seed, name: name).standardNormal(at: index)
    #expect(abs(value - expected) <= 4 * 0x1p-52 * max(1, abs(expected)))
  }

  /// Values of SciPy's `norm.ppf`, through all three branches of the algorithm.
  @Test(arguments: [
    (0x1p-53, -8.209536151601387), (1e-12, -7.034483825301131), (1e-3, -3.090232306167813),
    (0.075, -1.4395314709384563), (0.25, -0.6744897501960817), (0.5, 0),
    (0.925, 1.4395314709384563), (0.999, 3.090232306167813),
  ])
  func quantilesAgreeWithSciPy(probability: Double, expected: Double) {
    #expect(abs(normalQuantile(probability) - expected) <= 4 * 0x1p-52 * abs(expected))
  }

  /// The sample mean of n values lies within 4 / √n of 0 and their variance within 4 · √(2 / n) of 1
  /// but for one sample in 10⁴; the sample is fixed.
  @Test func weightsAreHeNormal() throws {
    let shape = try #require(Shape([64, 3, 3, 3]))
    let tensor = try RandomWeights(seed: 7, name: "w").tensor(
      .product(fanIn: 27), .float32, shape)
    let values = try #require(tensor?.values(as: Float.self)).map(Double.init)
    let count = Double(values.count)
    let scaled = values.map { $0 / (2.0 / 27).squareRoot() }
    let mean = scaled.reduce(0, +) / count
    let variance = scaled.reduce(0) { $0 + $1 * $1 } / count
    #expect(abs(mean) < 4 / count.squareRoot())
    #expect(abs(variance - 1) < 4 * (2 / count).squareRoot())
  }

  @Test func bindsTheWeightsOfOperatorsAndNoOtherInput() throws {
    var model = try Model(
      onnxText: """
        <ir_version: 10, opset_import: ["": 21]>
        g (float[N,3,4,4] x, float[8,3,1,1] w, float[8] b, float[8] scale, float[8] shift,
           float[8] mean, float[8] variance, float[8,5] m, float16[5] c, float[1] other) => (y)
        {
          h = Conv (x, w, b)
          n = BatchNormalization (h, scale, shift, mean, variance)
          p = GlobalAveragePool (n)
          f = Flatten (p)
          g = Gemm (f, m, c)
          y = Add (g, other)
        }
        """)
    #expect(try bindWeights(of: &model, from: .random(seed: 3)).isEmpty)
    let constants = model.graph.constants
    #expect(model.graph.inputs == ["x", "other"])
    #expect(constants["b"]?.values() == [Float](repeating: 0, count: 8))
    #expect(constants["scale"]?.values() == [Float](repeating: 1, count: 8))
    #expect(constants["mean"]?.values() == [Float](repeating: 0, count: 8))
    #expect(constants["variance"]?.values() == [Float](repeating: 1, count: 8))
    #expect(constants["c"]?.elementType == .float16)
    let weights = RandomWeights(seed: 3, name: "m")
    let elements = try #require(constants["m"]?.values(as: Float.self))
    // m is [K, N] without transB: fanIn is 8.
    #expect(elements[11] == Float(weights.standardNormal(at: 11) * 0.5))
  }

  @Test(arguments: [ElementType.float64, .float16, .bfloat16])
  func otherTypesHoldTheSameNumbersRounded(elementType: ElementType) throws {
    let weights = RandomWeights(seed: 5, name: "w")
    let single = try #require(try weights.tensor(.product(fanIn: 2), .float32, .vector(99)))
    let other = try #require(try weights.tensor(.product(fanIn: 2), elementType, .vector(99)))
    let rounded = try single.converted(to: elementType)
    #expect(other.elementType == elementType)
    #expect(
      other.withUnsafeBytes { Array($0) } == rounded.withUnsafeBytes { Array($0) })
  }

  @Test func refusesWeightsThatFitNoMachine() throws {
    var model = try Model(
      onnxText: """
        <ir_version: 10, opset_import: ["": 21]>
        g (float[N,1000000000] x, float[1000000000,1000000000] w) => (y) { y = MatMul (x, w) }
        """)
    #expect(throws: TesseraError.self) { try bindWeights(of: &model, from: .random(seed: 1)) }
  }
}
