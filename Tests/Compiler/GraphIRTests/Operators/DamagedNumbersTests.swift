import Foundation
import Tensors
import Testing

@testable import GraphIR

/// Numbers in a file may be anything. Every number of every case is replaced by extreme ones;
/// inference and evaluation must give a result or throw, never trap or allocate without bound.
@Suite struct DamagedNumbersTests {
  static let extremes = [
    "0", "-1", "1", "3", "1099511627776", "4611686018427387904", "9223372036854775807",
    "-9223372036854775808",
  ]

  @Test(arguments: TypeCase.all) func survives(_ test: TypeCase) throws {
    for part in [\TextGraph.inputs, \TextGraph.constants, \TextGraph.nodes] {
      let text = test.graph[keyPath: part]
      var start = text.startIndex
      while let range = text.range(
        of: "(?<![A-Za-z0-9_.])-?[0-9]+(?![0-9.])", options: .regularExpression,
        range: start..<text.endIndex)
      {
        start = range.upperBound
        for extreme in Self.extremes {
          var damaged = test.graph
          damaged[keyPath: part] = text.replacingCharacters(in: range, with: extreme)
          try check(damaged)
        }
      }
    }
  }

  private func check(_ damaged: TextGraph) throws {
    guard var graph = try? damaged.parsed() else { return }
    let opset = damaged.opsetVersion
    let isSound = (try? graph.inferTypes(opsetVersion: opset)) != nil
    for node in graph.nodes {
      guard let definition = OperatorRegistry.find(node) else { continue }
      let constants = node.inputs.map { graph.constants[$0] }
      guard let evaluate = definition.evaluate,
        let results = try? evaluate(node, constants, opset)
      else { continue }
      // What a sound graph promises is what evaluation gives.
      for (name, result) in zip(node.outputs, results) where isSound {
        let type = try #require(graph.types[name])
        #expect(type.refined(by: TensorType(of: result)) != nil, "\(damaged.nodes)")
      }
    }
  }
}
