import Tensors

extension Graph {
  /// The operators that we do not support, of the nodes that the outputs need: a problem for each, with
  /// its nodes, in their order.
  ///
  /// - Parameter functions: the operators that the model itself defines, which are not supported either.
  package func unsupportedOperators(functions: Set<OperatorID> = []) -> [Diagnostic] {
    let live = Liveness(self)
    var found: [OperatorID] = []
    var nodeNames: [OperatorID: [String]] = [:]
    for (node, isLive) in zip(nodes, live.nodes) where isLive {
      let id = OperatorID(node)
      guard OperatorRegistry.find(node) == nil || functions.contains(id) else { continue }
      if nodeNames[id] == nil { found.append(id) }
      nodeNames[id, default: []].append(node.displayName)
    }
    return found.map { id in
      let problem =
        functions.contains(id)
        ? "is a function of the model, which is not supported" : "is not supported"
      return Diagnostic("the operator \(id) \(problem): \(listing("node", nodeNames[id] ?? []))")
    }
  }
}

extension Graph {
  /// - Throws: `unsupported` with all operators that we do not support.
  package func requireSupportedOperators() throws(TesseraError) {
    if let error = TesseraError(.unsupported, diagnostics: unsupportedOperators()) { throw error }
  }
}

/// What an operator is called: its name and its domain, which is "" for ONNX's own.
package struct OperatorID: Hashable, Sendable, CustomStringConvertible {
  private let name: String
  private let domain: String

  package init(name: String, domain: String) {
    self.name = name
    self.domain = domain == "ai.onnx" ? "" : domain
  }

  package init(_ node: Node) {
    self.init(name: node.operatorName, domain: node.domain)
  }

  /// The name in quotes, with the domain unless it is ONNX's own.
  package var description: String {
    domain.isEmpty ? "'\(name)'" : "'\(name)' of the domain '\(domain)'"
  }
}

/// `node 'a'`, or `nodes 'a', 'b' and 12 more`: the names of what has a problem in common.
package func listing(_ what: String, _ names: [String]) -> String {
  let limit = 20
  let listed = names.prefix(limit).map { "'\($0)'" }.joined(separator: ", ")
  let rest = names.count > limit ? " and \(names.count - limit) more" : ""
  return "\(what)\(names.count == 1 ? "" : "s") \(listed)\(rest)"
}
