import CPUKernels
import KernelInterface
import Tensors
import Tuning

extension Finding {
  /// As timing caches have it.
  static var cpu: Finding {
    let name = TimingSetting.cpuName(ControlGroups.readSmallFile("/proc/cpuinfo") ?? "")
    return Finding(title: "CPU", text: name, members: [("cpu", .optional(name))])
  }

  static var caches: Finding {
    let found = (0..<8).compactMap { index -> (level: Int, kind: String, byteCount: Int)? in
      let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)"
      guard let level = SystemFile.line("\(folder)/level").flatMap({ Int($0) }),
        let kind = SystemFile.line("\(folder)/type"),
        let size = SystemFile.line("\(folder)/size"),
        let byteCount = try? ArgumentValue.byteCount("\(size)iB")
      else { return nil }
      return (level, kind.lowercased(), byteCount)
    }
    let texts = found.map { "L\($0.level) \($0.kind) \($0.byteCount >> 10) KiB" }
    return Finding(
      title: "caches", text: found.isEmpty ? nil : texts.joined(separator: ", "),
      members: [
        (
          "caches",
          .array(
            found.map { cache in
              .object([
                "level": .integer(cache.level), "type": .string(cache.kind),
                "bytes": .integer(cache.byteCount),
              ])
            })
        )
      ])
  }

  static var instructionSets: Finding {
    let found = KernelTable.all.map(\.instructionSet)
    var used: String?
    var problem: TesseraError?
    do throws(TesseraError) {
      used = try KernelTable.forThisMachine().instructionSet
    } catch {
      problem = error
    }
    return Finding(
      title: "instruction sets",
      text: "\(found.joined(separator: ", ")); used: \(used ?? problem?.description ?? "none")",
      members: [
        ("instruction_sets", .strings(found)), ("instruction_set", .optional(used)),
      ])
  }
}
