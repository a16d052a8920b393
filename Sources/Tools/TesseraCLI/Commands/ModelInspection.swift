import GraphIR
import Tessera

/// What `inspect` tells about a model.
struct ModelInspection {
  private let model: Model
  private let parameterCount: Int
  /// Operators and how many nodes have them, the most frequent first.
  private let operators: [(name: String, count: Int)]
  /// Nodes that outputs need and whose operator we do not support.
  private let unsupported: [Node]
  /// Nodes that no output needs.
  private let unusedCount: Int
  /// The values that nodes make for the outputs, with the node that makes each.
  private let values: [(name: String, node: Node)]
  /// The graph with the types of its values as far as they can be inferred.
  private let typed: Graph

  init(_ network: Network) {
    model = network.model
    parameterCount = network.parameterCount
    var counts: [String: Int] = [:]
    for node in model.graph.nodes { counts[node.qualifiedOperatorName, default: 0] += 1 }
    operators = counts.map { ($0.key, $0.value) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    let isLive = Liveness(model.graph).nodes
    unsupported = zip(model.graph.nodes, isLive).filter { $1 && OperatorRegistry.find($0) == nil }
      .map(\.0)
    unusedCount = isLive.count { !$0 }
    let live = zip(model.graph.nodes, isLive).filter { $1 }.map(\.0)
    values = live.flatMap { node in node.outputs.filter { !$0.isEmpty }.map { ($0, node) } }
    var typed = model.graph
    _ = typed.removeUnused()
    let isTyped = (try? typed.inferModelTypes(opsetVersion: model.opsetVersion)) != nil
    self.typed = isTyped ? typed : model.graph
  }

  var text: String {
    let graph = model.graph
    var text = "model \(graph.name)\n"
    let versions = model.opsetVersions.sorted { $0.key < $1.key }
    let opsets = versions.map { $0.key.isEmpty ? "\($0.value)" : "\($0.key) \($0.value)" }
    text += "opset \(opsets.joined(separator: ", ")), IR version \(model.irVersion)"
    let producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }
    if !producer.isEmpty { text += ", made by \(producer.joined(separator: " "))" }
    text += "\n\ninputs:\n" + lines(graph.inputs)
    text += "\noutputs:\n" + lines(graph.outputs)
    text += "\nparameters: \(parameterCount.grouped) in \(graph.constants.count) constants\n"
    for (key, value) in model.metadata { text += "\(key): \(value)\n" }

    var table = TextTable([.text("operator"), .number("nodes"), .text("")])
    let unknown = Set(unsupported.map(\.qualifiedOperatorName))
    for (name, count) in operators {
      table.append([name, "\(count)", unknown.contains(name) ? "not supported" : ""])
    }
    text += "\n" + table.text
    var list = TextTable([.text("value"), .text("operator"), .text("type")])
    for (name, node) in values {
      list.append([name, node.qualifiedOperatorName, type(of: name)])
    }
    text += "\n" + list.text
    if unusedCount > 0 {
      text += "\n\(unusedCount.grouped) nodes make nothing that the outputs need and are left out\n"
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).withoutControlCharacters }.joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      "kind": "model",
      "name": .string(model.graph.name),
      "opset": .integer(model.opsetVersion),
      "ir_version": .integer(model.irVersion),
      "producer": .string(model.producerName),
      "inputs": .array(model.graph.inputs.map { .members(specification($0)) }),
      "outputs": .array(model.graph.outputs.map { .members(specification($0)) }),
      "parameters": .integer(parameterCount),
      "constants": .integer(model.graph.constants.count),
      "nodes": .integer(model.graph.nodes.count),
      "unused_nodes": .integer(unusedCount),
      "operators": .members(operators.map { ($0.name, .integer($0.count)) }),
      "unsupported": .array(
        unsupported.map {
          .object([
            "node": .string($0.displayName), "operator": .string($0.qualifiedOperatorName),
          ])
        }),
      "values": .array(
        values.map { name, node in
          .members(
            specification(name) + [("operator", .string(node.qualifiedOperatorName))])
        }),
      "metadata": .members(model.metadata.map { ($0.key, .string($0.value)) }),
    ])
  }

  private func lines(_ values: [String]) -> String {
    values.map { "  \($0): \(type(of: $0))\n" }.joined()
  }

  private func type(of value: String) -> String {
    known(value)?.description ?? "of unknown type"
  }

  /// As it is declared, or else inferred.
  private func known(_ value: String) -> TensorType? {
    model.graph.type(of: value) ?? typed.type(of: value)
  }

  private func specification(_ value: String) -> [(String, JSONValue)] {
    let type = known(value)
    let extents = type?.dimensions?.map { dimension -> JSONValue in
      switch dimension {
      case .fixed(let extent): .integer(extent)
      case .symbol(let name): .string(name)
      case .unknown: .null
      }
    }
    return [
      ("name", .string(value)),
      ("type", type.map { .string($0.elementType.onnxName) } ?? .null),
      ("shape", extents.map(JSONValue.array) ?? .null),
    ]
  }
}

extension Node {
  /// The operator with its domain unless that is ONNX's own.
  fileprivate var qualifiedOperatorName: String {
    domain.isEmpty || domain == "ai.onnx" ? operatorName : "\(domain).\(operatorName)"
  }
}
