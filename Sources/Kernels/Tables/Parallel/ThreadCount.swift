import CMachine
import Platform
import Tensors

/// How many threads to use where the caller does not say.
package enum ThreadCount {
  /// `TESSERA_NUM_THREADS`, then the first number of `OMP_NUM_THREADS`, then as many as the process's
  /// CPU quota and affinity mask let run at once.
  ///
  /// - Parameters:
  ///   - environment: looks up an environment variable.
  ///   - machine: counts the CPUs that the process may use.
  /// - Throws: `invalidUsage` if `TESSERA_NUM_THREADS` is set to something else than a number of
  ///   threads that a `ThreadPool` takes. `OMP_NUM_THREADS` is not ours: what we cannot read there is
  ///   passed over.
  package static func preferred(
    environment: (String) -> String? = environmentVariable,
    machine: () -> Int = availableCPUCount
  ) throws(TesseraError) -> Int {
    try choice(environment: environment, machine: machine).count
  }

  /// The same, and the environment variable that decides it; nil if none does.
  package static func choice(
    environment: (String) -> String? = environmentVariable,
    machine: () -> Int = availableCPUCount
  ) throws(TesseraError) -> (count: Int, variable: String?) {
    let range = ThreadPool.threadCountRange
    if let text = environment("TESSERA_NUM_THREADS"), !text.isEmpty {
      guard let count = Int(text), range.contains(count) else {
        throw TesseraError(
          .invalidUsage,
          "TESSERA_NUM_THREADS is '\(text)', expected a number from 1 to \(range.upperBound)")
      }
      return (count, "TESSERA_NUM_THREADS")
    }
    if let first = environment("OMP_NUM_THREADS")?.split(separator: ",").first,
      let count = Int(first.drop { $0 == " " }.prefix { $0 != " " }), range.contains(count)
    {
      return (count, "OMP_NUM_THREADS")
    }
    return (min(max(machine(), range.lowerBound), range.upperBound), nil)
  }

  /// CPUs that the affinity mask and the cgroup's quota allow, at least 1.
  package static func availableCPUCount() -> Int {
    let quota = CPUQuota.ofThisProcess() ?? Int.max
    return max(1, min(affinityCount(), quota))
  }

  /// CPUs in the affinity mask; those that are online if the system does not tell it.
  package static func affinityCount() -> Int {
    let count = Int(tessera_affinity_cpu_count())
    return count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
}
