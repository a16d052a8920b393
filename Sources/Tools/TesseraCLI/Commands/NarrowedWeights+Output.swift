import Tessera

/// What `compile` and `inspect` print.
extension NarrowedWeights {
  var text: String {
    """
    fully connected layers with weights of 24 bits: \(layerCount), error at most \
    \(Figures.scientific(largestError)) of a layer's largest output
    """
  }

  var json: JSONValue {
    .object(["layers": .integer(layerCount), "error": .double(largestError)])
  }
}
