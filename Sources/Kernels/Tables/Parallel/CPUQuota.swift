import Tensors

/// The CPU time that control groups grant a process, in whole CPUs.
package enum CPUQuota {
  /// The smallest quota of any group, rounded up; nil if there is none.
  ///
  /// Reads version 2 (`cpu.max`) and version 1 (`cpu.cfs_quota_us`, `cpu.cfs_period_us`) of the
  /// kernel's interface.
  package static func ofThisProcess(_ groups: ControlGroups = .ofThisProcess) -> Int? {
    let version2 = groups.files("cpu.max").map { text in
      text.split { $0 == " " || $0 == "\n" }.map { Int($0) }
    }
    let version1 = zip(
      groups.files("cpu.cfs_quota_us", ofController: "cpu"),
      groups.files("cpu.cfs_period_us", ofController: "cpu")
    ).map { [$0, $1].map { text in Int(text.prefix { $0 != "\n" }) } }
    return (version2 + version1).compactMap(wholeCPUs).min()
  }

  /// - Parameter numbers: the quota and the period.
  private static func wholeCPUs(_ numbers: [Int?]) -> Int? {
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0
    else { return nil }
    let (whole, rest) = quota.quotientAndRemainder(dividingBy: period)
    return rest > 0 ? whole + 1 : whole
  }
}
