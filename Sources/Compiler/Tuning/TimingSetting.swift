import CPUKernels
import KernelInterface
import Tensors

/// On what a measured time depends beside the call.
package struct TimingSetting: Sendable, Hashable, Codable {
  /// The CPU's vendor, family, model and name.
  package var cpu: String
  package var instructionSet: String
  package var threads: Int
  /// See `KernelInterface.kernelVersion`.
  package var kernelVersion: Int

  enum CodingKeys: String, CodingKey {
    case cpu, threads
    case instructionSet = "instruction_set"
    case kernelVersion = "kernel_version"
  }

  package init(cpu: String, instructionSet: String, threads: Int, kernelVersion: Int) {
    self.cpu = cpu
    self.instructionSet = instructionSet
    self.threads = threads
    self.kernelVersion = kernelVersion
  }

  /// That of this machine.
  ///
  /// - Throws: `systemFailure` if the system does not say which CPU it has.
  package init(kernels: KernelTable, threadCount: Int) throws(TesseraError) {
    let path = "/proc/cpuinfo"
    guard let cpu = Self.cpuName(ControlGroups.readSmallFile(path) ?? "") else {
      throw TesseraError(.systemFailure, "the file does not tell the model of the CPU").inFile(path)
    }
    self.init(
      cpu: cpu, instructionSet: kernels.instructionSet, threads: threadCount,
      kernelVersion: KernelInterface.kernelVersion)
  }

  /// Fields of the first processor in `/proc/cpuinfo` that tell the model, on x86 and on Arm.
  private static let cpuFields = [
    "vendor_id", "cpu family", "model", "model name", "CPU implementer", "CPU architecture",
    "CPU variant", "CPU part",
  ]

  /// As in `AuthenticAMD/25/1/AMD EPYC 7B13`; nil if the text has none of the fields.
  package static func cpuName(_ text: String) -> String? {
    let firstProcessor = text.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.isEmpty }
    var values: [String: String] = [:]
    for line in firstProcessor {
      let parts = line.split(separator: ":", maxSplits: 1).map { part in
        part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      }
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    let name = cpuFields.compactMap { values[$0] }.joined(separator: "/")
    return name.isEmpty ? nil : name
  }
}
