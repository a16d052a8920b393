/// What decides the results of an evaluation, by name, in a fixed order. A partial result is continued
/// only with the same settings.
package struct RunSettings: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  /// Appends a setting; `name` holds no blank.
  package mutating func append(_ name: String, _ value: String) {
    entries.append(Entry(name: name, value: value))
  }

  /// The first setting in which `other` differs, in words; nil if there is none.
  func difference(from other: RunSettings) -> String? {
    for (own, theirs) in zip(entries, other.entries) where own != theirs {
      guard own.name == theirs.name else { break }
      return "\(own.name) '\(theirs.value)', now it is '\(own.value)'"
    }
    guard entries == other.entries else {
      return "\(other.entries.map(\.name).joined(separator: ", ")), now there are "
        + entries.map(\.name).joined(separator: ", ")
    }
    return nil
  }
}

extension Evaluation {
  /// The settings of the protocol and of the data.
  package var runSettings: RunSettings {
    var entries = RunSettings()
    entries.append("mode", settings.mode.rawValue)
    entries.append("scales", settings.scales.map(String.init).joined(separator: ","))
    entries.append("flips", String(settings.mirrors))
    entries.append("order", settings.order.rawValue)
    entries.append("data", data.path)
    entries.append("images", "\(data.items.count), hash \(data.namesHash)")
    return entries
  }
}

extension LabelledImages {
  /// FNV-1a (64 bits) of all names and labels, in hexadecimal.
  fileprivate var namesHash: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for item in items {
      for byte in "\(item.name) \(item.label)\n".utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
    }
    return String(hash, radix: 16)
  }
}
