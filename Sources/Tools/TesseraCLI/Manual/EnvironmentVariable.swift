/// A variable that steers the tool.
struct EnvironmentVariable {
  let name: String
  /// Without a full stop.
  let meaning: String

  static let all = [
    EnvironmentVariable(
      name: "TESSERA_NUM_THREADS", meaning: "The number of threads where --threads does not say it"),
    EnvironmentVariable(
      name: "OMP_NUM_THREADS", meaning: "The same, where TESSERA_NUM_THREADS is not set"),
    EnvironmentVariable(
      name: "TESSERA_ISA",
      meaning: "Take the kernels for this instruction set: avx512, avx2 or portable"),
    EnvironmentVariable(
      name: "XDG_CACHE_HOME", meaning: "Where the measured times lie (default: ~/.cache)"),
    EnvironmentVariable(
      name: "TMPDIR", meaning: "Where an output that goes to a pipe lies until it is complete"),
  ]
}
