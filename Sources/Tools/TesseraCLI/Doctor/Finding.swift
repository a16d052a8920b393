import Tensors

/// What `tessera doctor` found out about one thing.
struct Finding {
  let title: String
  /// Nil if the system does not tell.
  let text: String?
  /// Members of the JSON object; null is what the system does not tell.
  let members: [(name: String, value: JSONValue)]

  /// Everything, in the order in which it is printed. Takes some two seconds.
  static func all(threadCount: Int) -> [Finding] {
    let measured = Peaks(threadCount: threadCount)
    return [
      versions, system, cpu, caches, instructionSets, cpus, threads, variables, memory,
      .hugePages(measured), .multiplyAdds(measured), .reads(measured),
    ]
  }
}

/// Files in which the kernel tells of the machine.
enum SystemFile {
  /// The first line; nil if the file cannot be read or its first line is empty.
  static func line(_ path: String) -> String? {
    let line = ControlGroups.readSmallFile(path)?.prefix { $0 != "\n" }
    return line?.isEmpty == false ? line.map(String.init) : nil
  }

  /// The number of a line `NAME: NUMBER kB`, in bytes.
  static func byteCount(_ name: String, in path: String) -> Int? {
    for line in (ControlGroups.readSmallFile(path) ?? "").split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 2, fields[0] == "\(name):", let count = Int(fields[1]) else { continue }
      let (byteCount, overflow) = count.multipliedReportingOverflow(by: 1 << 10)
      return overflow ? nil : byteCount
    }
    return nil
  }
}

extension JSONValue {
  static func optional(_ value: Int?) -> JSONValue { value.map(integer) ?? .null }
  static func optional(_ value: Double?) -> JSONValue { value.map(double) ?? .null }
  static func optional(_ value: String?) -> JSONValue { value.map(string) ?? .null }
}
