import CPUKernels
import Platform
import Tensors

extension Finding {
  static var cpus: Finding {
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let affinity = ThreadCount.affinityCount()
    let quota = CPUQuota.ofThisProcess()
    return Finding(
      title: "CPUs",
      text: "\(online) online, \(affinity) in the affinity mask, "
        + (quota.map { "control groups grant \($0)" } ?? "no quota of a control group"),
      members: [
        ("cpus_online", .integer(online)), ("cpus_affinity", .integer(affinity)),
        ("cpu_quota", .optional(quota)),
      ])
  }

  /// How many threads a session has by default, and why.
  static var threads: Finding {
    var count: Int?
    let reason: String
    do throws(TesseraError) {
      let choice = try ThreadCount.choice()
      count = choice.count
      let quota = CPUQuota.ofThisProcess() ?? .max
      reason =
        choice.variable
        ?? (quota < ThreadCount.affinityCount() ? "CPU quota" : "affinity mask")
    } catch {
      reason = error.description
    }
    return Finding(
      title: "threads", text: count.map { "\($0), by \(reason)" } ?? "none: \(reason)",
      members: [("threads", .optional(count)), ("threads_reason", .string(reason))])
  }

  static var variables: Finding {
    let names = ["TESSERA_NUM_THREADS", "OMP_NUM_THREADS", "TESSERA_ISA"]
    let values = names.map { (name: $0, value: environmentVariable($0)) }
    return Finding(
      title: "variables",
      text: values.map {
        $0.value.map { [name = $0.name] in "\(name)=\($0)" } ?? "\($0.name) unset"
      }
      .joined(separator: ", "),
      members: [
        ("variables", .members(values.map { ($0.name, .optional($0.value)) }))
      ])
  }
}
