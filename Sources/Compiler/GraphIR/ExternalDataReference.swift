import Tensors

/// Where a tensor's elements lie outside the model file (ONNX `external_data`).
package struct ExternalDataReference: Sendable, Equatable {
  /// The file's path, relative to the model's folder.
  package var location: String
  /// Where in the file the elements start.
  package var byteOffset: Int
  /// How many bytes they take; nil if the model does not say.
  package var byteCount: Int?

  package init(location: String, byteOffset: Int = 0, byteCount: Int? = nil) {
    self.location = location
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }

  /// Reads the key-value pairs of a model file. Keys that say nothing about the place, such as
  /// `checksum`, are skipped.
  ///
  /// - Throws: `TesseraError` if `location` is missing or a number is malformed.
  package init(entries: [(key: String, value: String)]) throws(TesseraError) {
    var location: String?
    var byteOffset = 0
    var byteCount: Int?
    for (key, value) in entries {
      switch key {
      case "location": location = value
      case "offset": byteOffset = try Self.count(value, of: key)
      case "length": byteCount = try Self.count(value, of: key)
      default: continue
      }
    }
    guard let location, !location.isEmpty else {
      throw TesseraError(.invalidInput, "external data has no location")
    }
    self.init(location: location, byteOffset: byteOffset, byteCount: byteCount)
  }

  /// The key-value pairs that a model file stores.
  package var entries: [(key: String, value: String)] {
    [("location", location), ("offset", "\(byteOffset)")]
      + (byteCount.map { [("length", "\($0)")] } ?? [])
  }

  private static func count(_ text: String, of key: String) throws(TesseraError) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw TesseraError(
        .invalidInput, "external data: expected a number of bytes for '\(key)', found '\(text)'")
    }
    return number
  }
}

/// Reads a tensor of the given element type and shape that lies outside the model file.
package typealias ExternalDataLoader = (ExternalDataReference, ElementType, Shape)
  throws(TesseraError) -> Tensor
