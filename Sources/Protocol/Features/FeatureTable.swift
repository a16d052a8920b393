import TensorFiles
import Tensors

/// The features of all images that could be read, as arrays.
package struct FeatureTable {
  /// The places in the data of the images, one a row.
  package private(set) var indices: [Int] = []
  package let values: [String]
  private var extents: [[Int]]
  private let elements: [ByteBuffer]

  /// A value that cannot be an array beside the others; nil if there is none.
  package static func reservedName(among values: [String]) -> String? {
    values.indices.first { index in
      ["indices", "labels"].contains(values[index]) || values[..<index].contains(values[index])
    }.map { values[$0] }
  }

  package init(values: [String]) {
    self.values = values
    extents = values.map { _ in [] }
    elements = values.map { _ in ByteBuffer() }
  }

  /// Adds a row.
  ///
  /// - Parameter features: in the order of `values`.
  /// - Throws: `TesseraError` if one has other extents than those of the images before it, or if memory
  ///   is refused.
  package mutating func append(_ features: [Feature], of index: Int) throws(TesseraError) {
    for (value, feature) in features.enumerated() {
      if indices.isEmpty { extents[value] = feature.extents }
      guard extents[value] == feature.extents else {
        throw TesseraError(
          .invalidInput,
          "its shape \(feature.extents) is another than that of the images before, "
            + "\(extents[value])", at: .value(values[value]))
      }
      for element in feature.elements { try elements[value].append(element: Float(element)) }
    }
    indices.append(index)
  }

  /// The shapes of the arrays, images first.
  package var shapes: [[Int]] { extents.map { [indices.count] + $0 } }

  /// Writes an `.npz` of an array for each value, `indices` and, where there are any, `labels`; or, with
  /// another extension, the only value as an `.npy`.
  package func write(to path: String, of data: LabelledImages) throws(TesseraError) {
    var arrays: [(name: String, tensor: Tensor)] = []
    for (index, name) in values.enumerated() {
      let storage = TensorStorage(borrowing: elements[index].bytes, from: elements[index])
      guard let shape = Shape(shapes[index]),
        let tensor = Tensor(elementType: .float32, shape: shape, storage: storage)
      else {
        throw TesseraError(
          .invalidInput, "an array of shape \(shapes[index]) is too large", at: .value(name))
      }
      arrays.append((name, tensor))
    }
    let isArchive = path == "-" ? arrays.count > 1 : path.lowercased().hasSuffix(".npz")
    guard isArchive else {
      return try NPYFile.write(arrays[0].tensor, to: path)
    }
    let places = indices.map(Int64.init)
    arrays.append(("indices", try Tensor(places, shape: [places.count])))
    if data.hasLabels {
      let labels = indices.map { Int64(data.items[$0].label) }
      arrays.append(("labels", try Tensor(labels, shape: [labels.count])))
    }
    try NPZFile.write(arrays, to: path)
  }
}
