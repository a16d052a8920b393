import GraphIR
import Tensors

/// A rewrite of a graph that keeps what the graph computes.
package struct Pass: Sendable {
  /// What `--print-after` and errors call it, in kebab-case.
  package let name: String
  /// True if type inference may know more after this pass than before it, so that an error it then
  /// finds is the model's and not the pass's.
  let refinesTypes: Bool
  /// Rewrites the graph; true if it changed something. Types of values that are new may be missing
  /// afterwards.
  package let run: @Sendable (inout Graph, inout PassContext) throws(TesseraError) -> Bool

  init(
    _ name: String, refinesTypes: Bool = false,
    run: @escaping @Sendable (inout Graph, inout PassContext) throws(TesseraError) -> Bool
  ) {
    self.name = name
    self.refinesTypes = refinesTypes
    self.run = run
  }

  /// A pass that looks at one node after another, in topological order, and rewrites around it.
  init(
    _ name: String,
    visit: @escaping @Sendable (Int, inout GraphRewriter, Int) throws(TesseraError) -> Void
  ) {
    self.init(name) { graph, context throws(TesseraError) in
      var rewriter = GraphRewriter(graph)
      for index in graph.nodes.indices {
        try visit(index, &rewriter, context.opsetVersion)
      }
      return rewriter.commit(to: &graph)
    }
  }
}

/// What the passes of one run share.
package struct PassContext: Sendable {
  /// The version of ONNX's own operator set that the graph is written in.
  package let opsetVersion: Int
  /// Sentences for the user about what the passes decided, each at most once.
  package private(set) var notes: [String] = []
  /// Constants that are to stay values of the graph, so that nothing that depends on them is computed.
  package var heldConstants: Set<String> = []
  /// The image input whose size `open-image-size` opened; nil where it did not run.
  package internal(set) var nominalImage: NominalImage?

  package init(opsetVersion: Int) {
    self.opsetVersion = opsetVersion
  }

  mutating func note(_ sentence: String) {
    if !notes.contains(sentence) { notes.append(sentence) }
  }
}
