import GraphIR
import Passes
import Tensors

extension Network {
  /// This network with other values of its graph as its outputs, in this order, and without the nodes
  /// and the weights that they do not need.
  ///
  /// Any value that a node makes can be one, under the name that the model gives it: `relu7`, `pool5`.
  ///
  /// - Throws: `invalidUsage` for no name, a name given twice and names that no node's output has, with
  ///   the nearest one that there is.
  public func selectingOutputs(_ names: [String]) throws(TesseraError) -> Network {
    guard !names.isEmpty else {
      throw TesseraError(.invalidUsage, "expected at least one value to select, found none")
    }
    let values = model.graph.nodes.flatMap(\.outputs).filter { !$0.isEmpty }
    let known = Set(values)
    var selected: Set<String> = []
    var problems: [Diagnostic] = []
    for name in names {
      if !known.contains(name) {
        // Looking for one compares the name with all values.
        let meant = problems.count < 10 ? closest(to: name, in: values) : nil
        let hint = meant.map { "; did you mean '\($0)'?" } ?? ""
        problems.append(Diagnostic("no node makes such a value\(hint)", at: .value(name)))
      } else if !selected.insert(name).inserted {
        problems.append(Diagnostic("the value is selected twice", at: .value(name)))
      }
    }
    if let error = TesseraError(.invalidUsage, diagnostics: problems) { throw error }
    var network = self
    network.model.graph.outputs = names
    _ = network.model.graph.removeUnused()
    return network
  }

  /// The values that the outputs need and nodes make of others, in the order of the graph; the outputs among them.
  package var values: [String] {
    let graph = model.graph
    return zip(graph.nodes, Liveness(graph).nodes).filter { $1 && !$0.inputs.isEmpty }
      .flatMap(\.0.outputs).filter { !$0.isEmpty }
  }

  /// This network with the scores in place of every output that is a soft-max (or its logarithm) of
  /// them; nil if no output is one of a node's result.
  public func removingFinalSoftmax() throws(TesseraError) -> Network? {
    let graph = model.graph
    let made = Set(graph.nodes.flatMap(\.outputs))
    let scores = graph.scoresOfOutputs().filter { made.contains($0.value) }
    let names = graph.outputs.map { scores[$0] ?? $0 }
    return names == graph.outputs ? nil : try selectingOutputs(names.uniqued)
  }
}
