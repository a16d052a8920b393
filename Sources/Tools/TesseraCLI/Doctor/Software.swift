import ExecutionPlan
import KernelInterface
import Tensors

extension Finding {
  static var versions: Finding {
    Finding(
      title: Tool.name,
      text: "\(tesseraVersion), kernels \(kernelVersion), plan format \(PlanHeader.formatVersion)",
      members: [
        ("version", .string(tesseraVersion)), ("kernel_version", .integer(kernelVersion)),
        ("plan_format_version", .integer(PlanHeader.formatVersion)),
      ])
  }

  static var system: Finding {
    let kernel = [
      SystemFile.line("/proc/sys/kernel/ostype"), SystemFile.line("/proc/sys/kernel/osrelease"),
    ].compactMap { $0 }.joined(separator: " ")
    let release = (ControlGroups.readSmallFile("/etc/os-release") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("PRETTY_NAME=") }?
      .dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
    let known = [kernel.isEmpty ? nil : kernel, architecture, release].compactMap { $0 }
    return Finding(
      title: "system", text: known.isEmpty ? nil : known.joined(separator: ", "),
      members: [
        ("kernel", .optional(kernel.isEmpty ? nil : kernel)),
        ("architecture", .optional(architecture)), ("distribution", .optional(release)),
      ])
  }

  private static var architecture: String? {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      nil
    #endif
  }
}
