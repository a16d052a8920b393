import Foundation
import GraphIR
import TestSupport
import Testing

@Suite struct VGGGraphTests {
  @Test(arguments: [
    ("vgg-a", 132_863_336), ("vgg-a-lrn", 132_863_336), ("vgg-b", 133_047_848),
    ("vgg-c", 133_638_952), ("vgg-d", 138_357_544), ("vgg-e", 143_667_240),
  ])
  func hasThePapersParameterCount(name: String, expected: Int) throws {
    let text = try String(
      contentsOf: URL(filePath: projectPath("Graphs/\(name).onnxtxt")), encoding: .utf8)
    let graph = try Model(onnxText: text).graph
    #expect(graph.inputs.first == "data")
    #expect(graph.outputs == ["prob"])
    let count = graph.inputs.dropFirst().reduce(0) { sum, input in
      sum + (graph.types[input]?.shape?.elementCount ?? 0)
    }
    #expect(count == expected)
  }
}
