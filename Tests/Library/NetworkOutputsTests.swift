import Tensors
import Tessera
import Testing

@Suite struct NetworkOutputsTests {
  private let image: [String: Tensor]
  private let network: Network

  init() throws {
    image = ["image": try makeImages(batch: 1)]
    network = try makeSmallNetwork()
  }

  private func run(_ network: Network, isDense: Bool = false) throws -> [String: Tensor] {
    var options = CompileOptions()
    options.isDense = isDense
    return try Session(plan: network.compile(options), threads: 1).run(image)
  }

  /// What passes would fuse into another node keeps its name and its value.
  @Test(arguments: [false, true]) func anyValueCanBeAnOutput(isDense: Bool) throws {
    let names = ["p2", "r1", "g4", "g3", "r3"]
    let outputs = try run(network.selectingOutputs(names), isDense: isDense)
    #expect(Set(outputs.keys) == Set(names))
    let rest = isDense ? [1, 1] : []
    #expect(outputs["p2"]?.shape.dimensions == [1, 40, 10, 10])
    #expect(outputs["r1"]?.shape.dimensions == [1, 24, 20, 20])
    #expect(outputs["r3"]?.shape.dimensions == [1, 48] + rest)
    #expect(outputs["g4"]?.shape.dimensions == [1, 10] + rest)
    let linear = try #require(outputs["g3"]?.values(as: Float.self))
    #expect(outputs["r3"]?.values(as: Float.self) == linear.map { max($0, 0) })
    #expect(linear.contains { $0 < 0 })
  }

  @Test func whatTheOutputsDoNotNeedIsGone() throws {
    let features = try network.selectingOutputs(["p2"])
    #expect(features.parameterCount == 24 * 27 + 24 + 40 * 24 * 9 + 40)
    #expect(network.parameterCount > features.parameterCount)
  }

  @Test func unknownNamesHaveSuggestions() throws {
    let error = #expect(throws: TesseraError.self) {
      try network.selectingOutputs(["r11", "probabilitys", "p2", "p2", "image"])
    }
    #expect(error?.kind == .invalidUsage)
    #expect(
      error?.diagnostics.map(\.description) == [
        "value 'r11': no node makes such a value; did you mean 'r1'?",
        "value 'probabilitys': no node makes such a value; did you mean 'probabilities'?",
        "value 'p2': the value is selected twice", "value 'image': no node makes such a value",
      ])
    #expect(throws: TesseraError.self) { try network.selectingOutputs([]) }
  }

  @Test func theScoresTakeThePlaceOfTheirSoftmax() throws {
    let scored = try #require(try network.removingFinalSoftmax())
    let outputs = try run(scored)
    #expect(Array(outputs.keys) == ["g4"])
    #expect(try scored.removingFinalSoftmax() == nil)
    let probabilities = try #require(try run(network)["probabilities"]?.values(as: Float.self))
    let scores = try #require(outputs["g4"]?.values(as: Float.self))
    #expect(
      scores.indices.max { scores[$0] < scores[$1] }
        == probabilities.indices.max { probabilities[$0] < probabilities[$1] })
    #expect(abs(scores.reduce(0, +) - 1) > 1e-3)
  }
}
