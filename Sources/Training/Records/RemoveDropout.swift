import GraphIR

extension Graph {
  /// Removes `Dropout`, which does nothing at inference, with what only it reads. One whose mask is read, or whose
  /// result is an output, stays.
  mutating func removeDropout() {
    let kept = Set(outputs)
    var sources: [String: String] = [:]
    nodes = nodes.compactMap { node in
      var node = node
      node.inputs = node.inputs.map { sources[$0] ?? $0 }
      let results = node.outputs.filter { !$0.isEmpty }
      guard node.isStandard, node.operatorName == "Dropout", results.count == 1,
        results[0] == node.outputs[0],
        !kept.contains(results[0])
      else { return node }
      sources[results[0]] = node.inputs[0]
      return nil
    }
    _ = removeUnused()
  }
}
