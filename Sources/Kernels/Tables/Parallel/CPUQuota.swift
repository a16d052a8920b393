import Glibc

/// The CPU time that control groups grant a process, in whole CPUs.
package enum CPUQuota {
  /// The smallest quota of the process's control group and those above it, rounded up; nil if there is
  /// none.
  ///
  /// Reads version 2 (`cpu.max`) and version 1 (`cpu.cfs_quota_us`, `cpu.cfs_period_us`) of the
  /// kernel's interface.
  ///
  /// - Parameter readFile: the text of a file; nil if it cannot be read.
  package static func ofThisProcess(readFile: (String) -> String? = readSmallFile) -> Int? {
    var quotas: [Int] = []
    for line in (readFile("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let controllers = fields[1].split(separator: ",")
      if fields[0] == "0" && controllers.isEmpty {
        for folder in foldersUpwards(from: fields[2]) {
          quotas.append(contentsOf: version2(readFile("/sys/fs/cgroup\(folder)/cpu.max")))
        }
      } else if controllers.contains("cpu") {
        for folder in foldersUpwards(from: fields[2]) {
          let prefix = "/sys/fs/cgroup/cpu\(folder)/cpu.cfs_"
          quotas.append(
            contentsOf: version1(readFile("\(prefix)quota_us"), readFile("\(prefix)period_us")))
        }
      }
    }
    return quotas.min()
  }

  /// `/a/b` gives `/a/b`, `/a` and the root as "".
  private static func foldersUpwards(from path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { count in
      names.prefix(count).map { "/\($0)" }.joined()
    }
  }

  private static func version2(_ text: String?) -> [Int] {
    let fields = (text ?? "").split { $0 == " " || $0 == "\n" }
    guard fields.count == 2 else { return [] }
    return wholeCPUs(quota: Int(fields[0]), period: Int(fields[1]))
  }

  private static func version1(_ quota: String?, _ period: String?) -> [Int] {
    let numbers = [quota, period].map { text in Int((text ?? "").prefix { $0 != "\n" }) }
    return wholeCPUs(quota: numbers[0], period: numbers[1])
  }

  private static func wholeCPUs(quota: Int?, period: Int?) -> [Int] {
    guard let quota, let period, quota > 0, period > 0 else { return [] }
    let (whole, rest) = quota.quotientAndRemainder(dividingBy: period)
    return [rest > 0 ? whole + 1 : whole]
  }

  /// The first 64 KiB of a file as text.
  package static func readSmallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let text = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
