import KernelInterface
import Tensors
import TestSupport
import Testing

@testable import Lowering

/// What there is to choose from, and the choice by measured times.
struct ConvCandidatesTests {
  private static let text = graphText(
    "float[1,3,16,16] x, float[8,3,3,3] w1, float[8,8,3,3] w2, float[8,8,3,3] w3",
    "float[1,8,16,16] c",
    """
    a = Conv<pads=[1,1,1,1]>(x, w1) b = Conv<pads=[1,1,1,1]>(a, w2)
    c = Conv<pads=[1,1,1,1]>(b, w3)
    """)

  @Test func equalConvolutionsAreListedOnce() throws {
    let graph = try makeGraph(Self.text)
    let list = try LoweringOptions.forTests().convCandidates(
      of: [graph, graph], opsetVersion: testOpsetVersion)
    #expect(list.map(\.name) == ["a", "b"])
    #expect(list[0].calls.map(\.kernel) == ["conv-direct"])
    #expect(list[1].calls.first?.kernel == "conv-direct")
    // Of each tile, fused with four sizes of blocks, and phased.
    #expect(list[1].calls.dropFirst().map(\.kernel) == Array(repeating: "conv-winograd", count: 15))
    #expect(Set(list[1].calls).count == 16)
  }

  @Test func theShortestMeasuredTimeIsChosen() throws {
    let graph = try makeGraph(Self.text)
    var options = try LoweringOptions.forTests()
    let list = try options.convCandidates(of: [graph], opsetVersion: testOpsetVersion)
    for fastest in list[1].calls {
      options.stepTimes.measuredSeconds = [:]
      for call in list.flatMap(\.calls) {
        options.stepTimes.measuredSeconds[call] = call == fastest ? 1 : 2
      }
      let network = try lower([graph], opsetVersion: testOpsetVersion, options: options)
      let expected = try #require(try ConvMethod(fastest))
      #expect(network.variants[0].convolutions.map(\.method) == [.direct, expected, expected])
      #expect(network.variants[0].convolutionSeconds == 2 + 1 + 1)
    }
  }
}
