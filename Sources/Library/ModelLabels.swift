import GraphIR

extension Model {
  /// The names of the classes that the metadata property `labels` holds, between commas or line
  /// ends; empty if there are none.
  var labels: [String] {
    guard let text = metadata.first(where: { $0.key == "labels" })?.value, !text.isEmpty else {
      return []
    }
    return text.split(omittingEmptySubsequences: false) { $0 == "," || $0.isNewline }
      .map(String.init)
  }
}
