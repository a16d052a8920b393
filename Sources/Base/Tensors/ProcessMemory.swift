/// The memory that this process may have at most.
package enum ProcessMemory {
  /// Bytes of the machine's memory and swap space, or what the control groups of the process grant
  /// where that is less.
  package static let limitByteCount: Int = min(
    total(ControlGroups.readSmallFile("/proc/meminfo") ?? "") ?? .max,
    limit(.ofThisProcess) ?? .max)

  /// - Throws: `TesseraError` if `byteCount` bytes can never be had: the system would grant them and
  ///   end the process when it writes them.
  package static func check(_ byteCount: Int) throws(TesseraError) {
    guard byteCount <= limitByteCount else {
      throw TesseraError(
        .systemFailure,
        "\(byteCount) bytes of memory are needed, more than the \(limitByteCount) that this process may "
          + "have")
    }
  }

  /// The smallest limit of any group; nil if there is none. Reads version 2 (`memory.max`) and version 1
  /// (`memory.limit_in_bytes`) of the kernel's interface.
  static func limit(_ groups: ControlGroups) -> Int? {
    let texts =
      groups.files("memory.max") + groups.files("memory.limit_in_bytes", ofController: "memory")
    return texts.compactMap { text in Int(text.prefix { $0 != "\n" }) }.min()
  }

  /// Bytes of memory and swap space by the text of `/proc/meminfo`; nil if it does not tell.
  static func total(_ text: String) -> Int? {
    var byteCounts: [Int] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 2, fields[0] == "MemTotal:" || fields[0] == "SwapTotal:",
        let kibibytes = Int(fields[1]), kibibytes >= 0, kibibytes < 1 << 50
      else { continue }
      byteCounts.append(kibibytes << 10)
    }
    return byteCounts.isEmpty ? nil : byteCounts.reduce(0, +)
  }
}
