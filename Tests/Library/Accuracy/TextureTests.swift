import Tensors
import Testing
import TesseraRuntime

@testable import Tessera

/// The inputs that errors are measured with.
struct TextureTests {
  private static func specification(_ dimensions: [Int]) throws -> TensorSpecification {
    TensorSpecification(
      name: "x", elementType: .float32, shape: try #require(Shape(dimensions)))
  }

  private static func samples(
    _ input: ProbeInput, _ scale: ProbeInput.Scale = .normalized,
    dimensions: [Int] = [2, 3, 64, 48], _ images: ImageOptions? = nil
  ) throws -> [Float] {
    let tensors = try input.tensors(like: [specification(dimensions)], images, scale)
    let tensor = try #require(tensors["x"])
    return try #require(tensor.values())
  }

  @Test(arguments: ProbeInput.allCases)
  func theyHaveMeanZeroAndVarianceOne(_ input: ProbeInput) throws {
    let samples = try Self.samples(input)
    let mean = samples.reduce(0, +) / Float(samples.count)
    let variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(samples.count)
    #expect(abs(mean) < 0.5)
    #expect(variance > 0.5 && variance < 1.6)
  }

  /// Images may be preprocessed to another scale, unless it is known how.
  @Test func imagesThatMayBeBytesHaveTheirDeviationToo() throws {
    var withMean = ImageOptions()
    withMean.mean = [1, 2, 3]
    var withScale = ImageOptions()
    withScale.scale = [0.5]
    let cases: [([Int], ImageOptions?, Bool)] = [
      ([2, 3, 8, 8], nil, true), ([2, 8, 8, 1], nil, true), ([2, 4, 8, 8], nil, false),
      ([2, 3], nil, false), ([2, 3, 8, 8], withMean, false), ([2, 3, 8, 8], withScale, false),
      ([2, 3, 8, 8], ImageOptions(), true),
    ]
    for (dimensions, images, isBoth) in cases {
      let scales = ProbeInput.Scale.possible([try Self.specification(dimensions)], images)
      let expected: [ProbeInput.Scale] = isBoth ? [.normalized, .bytes] : [.normalized]
      #expect(scales == expected)
    }
    #expect(
      try Self.samples(.natural, .bytes) == Self.samples(.natural).map { $0 * 64 })
    #expect(
      try Self.samples(.noise, .bytes, dimensions: [2, 4, 8, 8])
        == Self.samples(.noise, dimensions: [2, 4, 8, 8]))
  }

  /// How far neighbours in a row, and the first two channels, go together.
  @Test func theyDifferInWhatGoesTogether() throws {
    let cases: [(ProbeInput, neighbours: ClosedRange<Float>, channels: ClosedRange<Float>)] = [
      (.noise, -0.1...0.1, -0.1...0.1), (.smooth, 0.9...1, -0.6...0.6),
      (.natural, 0.6...1, 0.6...1), (.edges, 0.7...1, 0.6...1),
    ]
    for (input, neighbours, channels) in cases {
      let samples = try Self.samples(input)
      let plane = 64 * 48
      #expect(neighbours.contains(correlation(samples[..<(plane - 1)], samples[1..<plane])))
      #expect(channels.contains(correlation(samples[..<plane], samples[plane..<(2 * plane)])))
    }
  }

  private func correlation(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    let (m, n) = (a.reduce(0, +) / Float(a.count), b.reduce(0, +) / Float(b.count))
    let product = zip(a, b).reduce(0) { $0 + ($1.0 - m) * ($1.1 - n) }
    let squares =
      a.reduce(0) { $0 + ($1 - m) * ($1 - m) } * b.reduce(0) { $0 + ($1 - n) * ($1 - n) }
    return product / squares.squareRoot()
  }
}
