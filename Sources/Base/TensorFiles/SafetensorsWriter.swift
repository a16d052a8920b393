import Foundation
import Tensors

extension SafetensorsFile {
  /// Writes `tensors` to `path` one after the other, the header's members in alphabetical order: the same
  /// tensors give the same bytes.
  ///
  /// - Parameter metadata: what the file says of itself.
  /// - Throws: `TesseraError` if the file cannot be written or a name occurs twice.
  package static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
  ) throws(TesseraError) {
    let file = try AtomicFile(path: path)
    do throws(TesseraError) {
      var header = try Self.header(of: tensors, metadata)
      // Spaces up to a multiple of 8, so that the tensors' bytes are aligned.
      header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
      var length = ByteWriter()
      length.append(UInt64(header.count))
      try file.write(length.bytes)
      try file.write(header)
      for (_, tensor) in tensors {
        try tensor.withUnsafeBytes { (bytes) throws(TesseraError) in try file.write(bytes) }
      }
      try file.commit()
    } catch {
      throw error.inFile(path)
    }
  }

  private static func header(
    of tensors: [(name: String, tensor: Tensor)], _ metadata: [String: String]
  ) throws(TesseraError) -> [UInt8] {
    let names = Dictionary(types.map { ($0.value, $0.key) }) { first, _ in first }
    var members: [String: Member] = [:]
    var byteOffset = 0
    for (name, tensor) in tensors {
      guard let type = names[tensor.elementType] else { continue }
      let entry = Member.tensor(
        dtype: type, shape: tensor.shape.dimensions,
        offsets: [byteOffset, byteOffset + tensor.byteCount])
      guard name != SafetensorsHeader.metadataKey, members.updateValue(entry, forKey: name) == nil
      else {
        throw TesseraError(.invalidInput, "two tensors have the name '\(name.escaped)'")
      }
      byteOffset += tensor.byteCount
    }
    if !metadata.isEmpty { members[SafetensorsHeader.metadataKey] = .metadata(metadata) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return [UInt8](try encoder.encode(members))
    } catch {
      throw TesseraError(.invalidInput, "the header cannot be written: \(error)")
    }
  }

  /// A member of the header.
  private enum Member: Encodable {
    case tensor(dtype: String, shape: [Int], offsets: [Int])
    case metadata([String: String])

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let strings): try strings.encode(to: encoder)
      case .tensor(let type, let shape, let offsets):
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(type, forKey: .dtype)
        try fields.encode(shape, forKey: .shape)
        try fields.encode(offsets, forKey: .dataOffsets)
      }
    }
  }
}
