import GraphIR
import Passes
import Tensors

extension Network {
  /// The types of the inputs as a compilation takes them, by name: with dense evaluation the image's
  /// height and width are open.
  ///
  /// - Throws: `TesseraError` if the network is not one for dense evaluation or has operators that we do not
  ///   support.
  package func inputTypes(isDense: Bool) throws(TesseraError) -> [String: TensorType] {
    var graph = model.graph
    if isDense {
      _ = graph.removeUnused()
      try graph.requireSupportedOperators()
      var context = PassContext(opsetVersion: model.opsetVersion)
      _ = try Pass.openImageSize.run(&graph, &context)
    }
    let inputs = Set(graph.inputs)
    return graph.types.filter { inputs.contains($0.key) }
  }
}
