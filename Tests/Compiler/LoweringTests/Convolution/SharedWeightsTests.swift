import GraphIR
import KernelInterface
import Tensors
import Testing

@testable import Lowering

/// Convolutions that share their weights, not all of which may take the same algorithm.
struct SharedWeightsTests {
  /// `a` has one group, `b` more groups than are merged, `c` steps over rows and columns.
  private static let nodes = [
    "a = Conv<pads=[1,1,1,1]>(x, w1)", "b = Conv<pads=[1,1,1,1], group=17>(z, w1)",
    "c = Conv<pads=[1,1,1,1], strides=[2,2]>(x, w1)", "d = Conv<pads=[1,1,1,1]>(x, w1)",
  ]

  /// A graph for each batch, all of the same constants.
  private static func graphs(_ order: [Int], batches: [Int]) throws -> [Graph] {
    let open = try makeGraph(
      graphText(
        "float[N,16,12,12] x, float[N,272,12,12] z, float[17,16,3,3] w1",
        "float[N,17,12,12] a, float[N,17,12,12] b, float[N,17,6,6] c, float[N,17,12,12] d",
        order.map { nodes[$0] }.joined(separator: " ")))
    return try batches.map { batch in
      var graph = open
      try graph.bindDimensions(["x": [batch, 16, 12, 12], "z": [batch, 272, 12, 12]])
      try graph.inferTypes(opsetVersion: testOpsetVersion)
      return graph
    }
  }

  private static func methods(
    _ graphs: [Graph], _ algorithm: ConvAlgorithm
  ) throws -> [[String: String]] {
    let network = try lower(
      graphs, opsetVersion: testOpsetVersion, options: .forTests(algorithm))
    return network.variants.map { variant in
      Dictionary(
        uniqueKeysWithValues: variant.convolutions.map {
          ($0.name, String($0.method.description.prefix(15)))
        })
    }
  }

  @Test func thoseThatMayNotTakeTheFirstAlgorithmTakeTheirOwn() throws {
    let graphs = try Self.graphs([0, 1, 2, 3], batches: [1, 2])
    let tiles: [ConvAlgorithm: String] = [
      .winograd2: "winograd F(2x2)", .winograd4: "winograd F(4x4)", .winograd6: "winograd F(6x6)",
    ]
    for algorithm in ConvAlgorithm.allCases where algorithm != .automatic {
      let direct = algorithm == .im2col ? "im2col" : "direct"
      let tile = tiles[algorithm] ?? direct
      let expected = ["a": tile, "b": "im2col", "c": direct, "d": tile]
      #expect(try Self.methods(graphs, algorithm) == [expected, expected])
    }
  }

  /// Whoever comes first decides for those that may follow; later variants change nothing.
  @Test func theFirstDecidesForAllThatMayFollow() throws {
    let graphs = try Self.graphs([1, 2, 0, 3], batches: [1, 4])
    let expected = ["a": "direct", "b": "im2col", "c": "direct", "d": "direct"]
    #expect(try Self.methods(graphs, .automatic) == [expected, expected])
  }

  @Test func weightsAreStoredOnceForEachAlgorithm() throws {
    let network = try lower(
      Self.graphs([0, 1, 2, 3], batches: [1, 2]), opsetVersion: testOpsetVersion,
      options: .forTests(.winograd4))
    // By Winograd, im2col and direct.
    #expect(network.weights.blobs.count { $0.name == "w1" } == 3)
  }

  @Test func aLimitOfMemoryIsKept() throws {
    let graphs = try Self.graphs([0, 1, 2, 3], batches: [1])
    let options = try LoweringOptions.forTests()
    let free = try lower(graphs, opsetVersion: testOpsetVersion, options: options)
    let error = #expect(throws: TesseraError.self) {
      try lower(graphs, opsetVersion: testOpsetVersion, options: options, memoryLimit: 1)
    }
    #expect(error?.kind == .invalidInput)
    let limit = free.memory.totalByteCount
    let limited = try lower(
      graphs, opsetVersion: testOpsetVersion, options: options, memoryLimit: limit)
    #expect(limited.memory.totalByteCount <= limit)
  }

  /// Another shape lowers with what is settled and packs nothing again.
  @Test func aPoolThatIsExtendedKeepsWhatIsSettled() throws {
    let options = try LoweringOptions.forTests(.winograd4)
    let graphs = try Self.graphs([3, 2, 1, 0], batches: [1, 3])
    let network = try lower([graphs[0]], opsetVersion: testOpsetVersion, options: options)
    let pool = WeightPool(extending: network.weights)
    let other = try lower(
      graphs[1], opsetVersion: testOpsetVersion, options: options, weights: pool)
    #expect(pool.blobs.count == network.weights.blobs.count)
    #expect(
      other.convolutions.map(\.method.algorithm) == [.winograd4, .direct, .im2col, .winograd4])
  }
}
