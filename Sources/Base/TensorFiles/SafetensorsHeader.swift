import Foundation

/// The JSON object at the start of a safetensors file.
struct SafetensorsHeader: Decodable {
  struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    /// Bytes from the end of the header to the first and past the last byte of the tensor.
    var start: Int
    var end: Int

    /// Orders entries by their place in the file, empty ones first.
    var range: (Int, Int) { (start, end) }

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      dtype = try fields.decode(String.self, forKey: .dtype)
      shape = try fields.decode([Int].self, forKey: .shape)
      let offsets = try fields.decode([Int].self, forKey: .dataOffsets)
      guard offsets.count == 2 else {
        throw DecodingError.dataCorruptedError(
          forKey: .dataOffsets, in: fields,
          debugDescription: "expected two offsets, found \(offsets.count)")
      }
      start = offsets[0]
      end = offsets[1]
    }
  }

  static let metadataKey = "__metadata__"

  var entries: [String: Entry]
  /// What the file says of itself; empty where that is no object of strings.
  var metadata: [String: String]

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Name.self)
    entries = [:]
    let key = Name(stringValue: Self.metadataKey)
    metadata = (try? members.decode([String: String].self, forKey: key)) ?? [:]
    for key in members.allKeys where key.stringValue != Self.metadataKey {
      entries[key.stringValue] = try members.decode(Entry.self, forKey: key)
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in one line.
  var sentence: String {
    let context: Context
    switch self {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default:
      return localizedDescription
    }
    let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue.escaped }
    let prefix = place.isEmpty ? "" : "'\(place.joined(separator: "/"))': "
    return prefix + context.debugDescription.escaped
  }
}
