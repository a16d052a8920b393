import GraphIR
import Passes
import Tensors

extension Network {
  /// This network for images of any height and width, where nothing that its outputs need depends on them, as
  /// fully connected layers do: of a classifier, first select features as outputs.
  ///
  /// - Throws: `unsupported` if there is not one image input `[N, C, H, W]`, or the outputs need a fully
  ///   connected layer.
  public func openingImageSize() throws(TesseraError) -> Network {
    var network = self
    var context = PassContext(opsetVersion: model.opsetVersion)
    _ = network.model.graph.removeUnused()
    _ = try network.model.graph.inferModelTypes(opsetVersion: model.opsetVersion)
    _ = try PassPipeline.dense.run(.openImageSize, on: &network.model.graph, context: &context)
    if context.nominalImage?.hasClassifier == true {
      throw TesseraError(
        .unsupported,
        "the outputs need fully connected layers, which fix the size of the images; select others")
    }
    return network
  }
}
