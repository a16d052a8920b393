import Tensors

/// The values behind the blobs of a network. A layer may write over a blob that it reads, as ReLU and
/// Dropout do; a value is made once.
///
/// A value has the name of its blob. One that is written over a blob has the name of its layer, unless it
/// is an output of the network: then it keeps the blob's, and the value before it gives way.
struct CaffeDataflow {
  /// The values that the layers read and make, in the order of the layers.
  private(set) var layers: [(inputs: [String], outputs: [String])] = []
  /// The values that no layer reads, in the order in which they are made.
  private(set) var outputs: [String] = []

  private struct Value {
    let blob: String
    /// The layer that makes it; nil for an input of the network.
    let layer: String?
    let isOverwrite: Bool
    var isRead = false
  }

  private var values: [Value] = []
  /// The value that each blob holds at the current layer.
  private var current: [String: Int] = [:]
  private var problems: [Diagnostic] = []

  /// - Parameters:
  ///   - inputs: The blobs that the caller provides, which keep their names.
  ///   - reserved: Names that no other value may have.
  /// - Throws: `TesseraError` with all blobs that are read before they are made, and all that are made
  ///   twice.
  init(
    inputs: [String], layers: [CaffeLayer], reserved: Set<String>
  ) throws(TesseraError) {
    for blob in inputs { define(blob, by: nil) }
    let indices = layers.map { layer in
      (
        inputs: layer.bottoms.map { read($0, by: layer) },
        outputs: layer.tops.map { define($0, by: layer) }
      )
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
    let names = names(reserved: reserved)
    self.layers = indices.map { layer in
      (layer.inputs.map { names[$0] }, layer.outputs.map { names[$0] })
    }
    outputs = values.indices.filter { isOutput($0) }.map { names[$0] }
  }

  private mutating func read(_ blob: String, by layer: CaffeLayer) -> Int {
    guard let value = current[blob] else {
      problems.append(
        Diagnostic("its bottom '\(blob)' is made by no layer before it", at: layer.location))
      return 0
    }
    values[value].isRead = true
    return value
  }

  @discardableResult
  private mutating func define(_ blob: String, by layer: CaffeLayer?) -> Int {
    let isOverwrite = current[blob] != nil
    if blob.isEmpty {
      problems.append(Diagnostic("a top has no name", at: layer?.location))
    } else if isOverwrite, layer?.bottoms.contains(blob) != true {
      problems.append(
        Diagnostic("its top '\(blob)' is made twice", at: layer?.location ?? .value(blob)))
    }
    values.append(Value(blob: blob, layer: layer?.name, isOverwrite: isOverwrite))
    current[blob] = values.count - 1
    return values.count - 1
  }

  private func isOutput(_ value: Int) -> Bool {
    !values[value].isRead && values[value].layer != nil && current[values[value].blob] == value
  }

  private func names(reserved: Set<String>) -> [String] {
    var names: [String?] = Array(repeating: nil, count: values.count)
    let inputs = Set(values.filter { $0.layer == nil }.map(\.blob))
    var unique = UniqueNames(taken: reserved.union(inputs))
    var successors: [String: String] = [:]
    for (index, value) in values.enumerated() {
      let holder = current[value.blob] ?? index
      if value.isOverwrite, let layer = value.layer, successors[value.blob] == nil {
        successors[value.blob] = layer
      }
      let givesWay = value.layer != nil && holder != index && isOutput(holder)
      let isOwner = value.isOverwrite ? isOutput(index) && !inputs.contains(value.blob) : !givesWay
      if value.layer == nil {
        names[index] = value.blob
      } else if isOwner {
        names[index] = unique.make(from: value.blob)
      }
    }
    return values.enumerated().map { index, value in
      if let name = names[index] { return name }
      guard value.isOverwrite else {
        return unique.make(from: "\(value.blob)_before_\(successors[value.blob] ?? "")")
      }
      return unique.make(from: value.layer.flatMap { $0.isEmpty ? nil : $0 } ?? value.blob)
    }
  }
}
