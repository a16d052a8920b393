/// What `onnxText` leaves out or keeps in other files.
package struct TextOptions: Sendable {
  /// Tensors with more elements are printed as `{...}`, which no parser reads; nil prints all.
  package var elidesTensorsAbove: Int?
  /// Whether the types of the values between the nodes are printed.
  package var includesValueTypes: Bool
  /// Constants whose elements lie in other files, by name.
  package var externalData: [String: ExternalDataReference]

  package init(
    elidesTensorsAbove: Int? = nil, includesValueTypes: Bool = true,
    externalData: [String: ExternalDataReference] = [:]
  ) {
    self.elidesTensorsAbove = elidesTensorsAbove
    self.includesValueTypes = includesValueTypes
    self.externalData = externalData
  }
}
