extension [CaffeLayer] {
  /// For each layer whether the outputs of the network, which are the blobs that no layer reads, need one of
  /// its tops. What goes into layers without tops alone, such as Silence, is not needed.
  var neededLayers: [Bool] {
    var needed = map { _ in false }
    // Blobs as the layers after the current one know them.
    var wanted: Set<String> = []
    var taken: Set<String> = []
    for index in indices.reversed() {
      let (bottoms, tops) = (self[index].bottoms, self[index].tops)
      needed[index] = tops.contains { wanted.contains($0) || !taken.contains($0) }
      wanted.subtract(tops)
      if needed[index] { wanted.formUnion(bottoms) }
      taken.formUnion(tops)
      taken.formUnion(bottoms)
    }
    return needed
  }
}
