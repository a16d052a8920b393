import Tensors

extension Finding {
  private static let meminfo = "/proc/meminfo"

  static var memory: Finding {
    let total = SystemFile.byteCount("MemTotal", in: meminfo)
    let available = SystemFile.byteCount("MemAvailable", in: meminfo)
    let limit = ProcessMemory.limitByteCount == .max ? nil : ProcessMemory.limitByteCount
    func gigabytes(_ count: Int?) -> String {
      count.map { "\(Figures.fixed(Double($0) / 1e9, digits: 1)) GB" } ?? "unknown"
    }
    return Finding(
      title: "memory",
      text: "\(gigabytes(total)), available \(gigabytes(available)), "
        + "this process may have \(gigabytes(limit))",
      members: [
        ("memory_bytes", .optional(total)), ("memory_available_bytes", .optional(available)),
        ("memory_limit_bytes", .optional(limit)),
      ])
  }

  /// Whether the kernel backs a session's memory, which asks for them, with huge pages.
  static func hugePages(_ peaks: Peaks) -> Finding {
    let folder = "/sys/kernel/mm/transparent_hugepage"
    let modes = SystemFile.line("\(folder)/enabled")
    let mode = modes?.split(separator: " ").first { $0.hasPrefix("[") }?
      .dropFirst().dropLast()
    let byteCount = SystemFile.line("\(folder)/hpage_pmd_size").flatMap { Int($0) }
    let known = [
      mode.map { "transparent \($0)" }, byteCount.map { "\($0 >> 10) KiB" },
      peaks.hugePageShare.map {
        "\(Figures.fixed($0 * 100, digits: 0)) % of memory that asks for them"
      },
    ].compactMap { $0 }
    return Finding(
      title: "huge pages", text: known.isEmpty ? nil : known.joined(separator: ", "),
      members: [
        ("huge_pages", .optional(mode.map(String.init))),
        ("huge_page_bytes", .optional(byteCount)),
        ("huge_page_share", .optional(peaks.hugePageShare)),
      ])
  }
}
