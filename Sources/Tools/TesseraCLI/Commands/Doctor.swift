import CPUKernels
import Tensors
import Tessera

extension Command {
  static let doctor = Command(
    name: "doctor", summary: "Tell what this machine has and what is made of it",
    operands: [],
    options: [Common.threads.declaration, Common.json.declaration],
    notes: """
      Versions, CPU, instruction sets, threads and why that many, memory, and what was measured in about
      two seconds on one thread and on N: paste it into reports of problems. What the system does not
      tell is unknown.
      """
  ) { arguments, output throws(TesseraError) in
    let threadCount =
      arguments[Common.threads] ?? (try? ThreadCount.preferred()) ?? ThreadCount.availableCPUCount()
    let findings = ProgressBar.during { bar in
      bar.update("measuring", 0)
      return Finding.all(threadCount: threadCount)
    }
    if arguments[Common.json] {
      try output.write(.members(findings.flatMap(\.members)))
    } else {
      let width = findings.map(\.title.count).max() ?? 0
      for finding in findings {
        let text = (finding.text ?? "unknown").withoutControlCharacters
        try output.writeLine("\(finding.title.padded(to: width))  \(text)")
      }
    }
    return .done
  }
}
