import Foundation
import Tensors
import Testing

@testable import GraphIR

/// One line of `TypesByONNX.txt`.
struct TypeCase: Sendable, CustomTestStringConvertible {
  var graph: TextGraph
  var expected: String

  var testDescription: String { "opset \(graph.opsetVersion): \(graph.nodes)" }

  static let all: [TypeCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("TypesByONNX.txt").path
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let columns = line.components(separatedBy: " | ").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard columns.count == 5, let opset = Int(columns[0]) else { return nil }
      return TypeCase(
        graph: TextGraph(
          columns[3], inputs: columns[1], constants: columns[2], opset: opset),
        expected: columns[4])
    }
  }()
}

@Suite struct TypesByONNXTests {
  @Test func tableIsRead() {
    #expect(TypeCase.all.count > 100)
  }

  /// Inference refuses what the onnx package refuses and knows at least what it knows.
  @Test(arguments: TypeCase.all) func agrees(_ test: TypeCase) throws {
    guard test.expected != "error" else {
      #expect(try !test.graph.errors().isEmpty)
      return
    }
    let found = try #require(try test.graph.type())
    if found == test.expected { return }
    let (foundExtents, expectedExtents) = (extents(found), extents(test.expected))
    #expect(found.prefix { $0 != "[" } == test.expected.prefix { $0 != "[" })
    // "float[]": the onnx package does not know the rank.
    if test.expected.hasSuffix("[]") { return }
    try #require(foundExtents.count == expectedExtents.count, "\(found) for \(test.expected)")
    for (extent, expected) in zip(foundExtents, expectedExtents) where expected != "?" {
      #expect(extent == expected, "\(found) for \(test.expected)")
    }
  }

  private func extents(_ type: String) -> [String] {
    guard let start = type.firstIndex(of: "[") else { return [] }
    return type[type.index(after: start)...].dropLast().components(separatedBy: ", ")
  }
}
