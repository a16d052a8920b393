/// All operators that we support.
package enum OperatorRegistry {
  package static let all: [Operator] = [
    .conv, .fusedConv, .fusedGemm,
  ]

  private static let byName: [String: Operator] = Dictionary(
    all.map { ("\($0.domain).\($0.name)", $0) }
  ) { first, _ in first }

  /// The operator of a node; nil if we do not support it.
  package static func find(_ node: Node) -> Operator? {
    let domain = node.domain == "ai.onnx" ? "" : node.domain
    return byName["\(domain).\(node.operatorName)"]
  }
}
