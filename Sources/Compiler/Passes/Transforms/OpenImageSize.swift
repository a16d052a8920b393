import GraphIR
import Tensors

extension Pass {
  /// Lets the image input have any height and width.
  ///
  /// ```
  /// float[N, 3, 224, 224] data
  ///   →
  /// float[N, 3, H, W] data
  /// ```
  ///
  /// Legal as far as type inference finds no contradiction once H and W are bound: what follows may depend
  /// on the size, as `Flatten` before a fully connected layer does until `convolve-classifier` replaces
  /// it. A network without such layers is for images of any size then. The types of other values hold for the old size and are found again. Runs once, before all others: shape arithmetic must not be computed for the old size.
  package static let openImageSize = Pass("open-image-size", refinesTypes: true) {
    graph, context throws(TesseraError) in
    guard let image = try NominalImage(of: graph) else { return false }
    var taken: Set<Dimension> = []
    for type in graph.types.values { taken.formUnion(type.dimensions ?? []) }
    var names = FreshNames()
    func symbol(_ base: String) -> Dimension {
      .symbol(names.make(from: base) { taken.contains(.symbol($0)) })
    }
    graph.keepTypesOfInputs()
    graph.types[image.input]?.dimensions?.replaceSubrange(2..<4, with: [symbol("H"), symbol("W")])
    context.nominalImage = image
    return true
  }
}
