import Platform
import Synchronization
import Tensors
import Tessera
import TesseraTraining

/// The command-line tools: find the command, parse its arguments, run it and report its errors.
package enum Tool {
  private static let program = Mutex("tessera")
  /// What was started.
  static var name: String { program.withLock { $0 } }

  /// Every command, in the order in which `--help` lists them.
  static let commands: [Command] = [
    .compile, .run, .classify, .evaluate, .train, .features, .inspect, .dump, .convert, .gradient,
    .bench, .operators, .doctor, .completions, .complete, .manual,
  ]

  static let summary = "Compile convolutional networks into plans and run them"
  static let description = """
    A plan is one file with the steps of a network, the layout of its memory and its weights. Models are \
    ONNX, binary (.onnx) or text (.onnxtxt), and Caffe networks (.prototxt). Options may stand anywhere as \
    --name value or --name=value; after -- everything is a file. - is standard input and output. \
    Problems, warnings and notes go to standard error, a line each; results to standard output, \
    as JSON with --json.
    """

  /// What stands in the place of a command.
  static let options = [
    Flag("help", short: "h", help: "Print the commands and stop").declaration,
    Flag("version", help: "Print the versions and instruction sets; with --json as JSON")
      .declaration,
  ]

  /// Runs the tool `tessera` on the arguments after the program's own name.
  ///
  /// - Returns: the exit code.
  package static func run(_ arguments: [String]) -> Int32 {
    Interruption.watch()
    FileFaults.catchSignals()
    return report { (output) throws(TesseraError) in try dispatch(arguments, output) }
  }

  /// Runs a program that trains as `tessera train` does, in several processes. Rank 0 alone writes.
  ///
  /// - Parameter connect: finds the other processes, once signals are taken care of.
  /// - Returns: the exit code.
  package static func train(
    program name: String, _ arguments: [String],
    connect: () throws(TesseraError) -> any Communicator
  ) -> Int32 {
    program.withLock { $0 = name }
    Interruption.watch()
    FileFaults.catchSignals()
    return report { (output) throws(TesseraError) in
      let group = ProcessGroup(try connect())
      if !group.isRoot {
        StandardError.mute()
        StandardOutput.mute()
      }
      do throws(TesseraError) {
        let status = try Command.training(name: "", among: group).run(arguments, output)
        try output.flush()
        try group.agree("the end")
        return status
      } catch {
        let error = group.fail(FileLedger.current?.refusal ?? error)
        // Where another rank ends with an exit code of its own, mpirun interrupts the root, which speaks for all.
        guard group.isRoot else { return .done }
        throw error
      }
    }
  }

  private static func report(
    _ body: (StandardOutput) throws(TesseraError) -> ExitStatus
  ) -> Int32 {
    let ledger = FileLedger()
    ledger.enterStream(STDOUT_FILENO, name: "standard output")
    ledger.enterStream(STDERR_FILENO, name: "standard error")
    FileLedger.current = ledger
    let output = StandardOutput()
    var status = ExitStatus.done
    do throws(TesseraError) {
      status = try body(output)
      try output.flush()
    } catch {
      try? output.flush()
      let error = ledger.refusal ?? error
      StandardError.report(error)
      status = ExitStatus(error.kind)
    }
    StandardError.reportCounts()
    return status.rawValue
  }

  private static func dispatch(
    _ arguments: [String], _ output: StandardOutput
  ) throws(TesseraError) -> ExitStatus {
    guard let first = arguments.first else {
      StandardError.write(helpText)
      return .wrongUsage
    }
    switch first {
    case "--help", "-h":
      try output.write(helpText)
      return .done
    case "--version":
      let rest = Array(arguments.dropFirst())
      guard rest.isEmpty || rest == ["--json"] else {
        throw TesseraError(.invalidUsage, "unexpected argument '\(rest[0])'")
      }
      if rest.isEmpty {
        try output.write(Version().text)
      } else {
        try output.write(Version().json)
      }
      return .done
    case "help":
      let topic = try arguments.dropFirst().first.map(command(named:))
      try output.write(topic?.helpText ?? helpText)
      return .done
    default:
      return try command(named: first).run(Array(arguments.dropFirst()), output)
    }
  }

  private static func command(named name: String) throws(TesseraError) -> Command {
    if let command = commands.first(where: { $0.name == name }) { return command }
    let known = commands.map(\.name)
    let message =
      name.hasPrefix("-") ? "unknown option '\(name)'" : "there is no command '\(name)'"
    let hint =
      closest(to: name, in: known).map { "did you mean '\($0)'?" }
      ?? "the commands are \(known.joined(separator: ", "))"
    throw TesseraError(.invalidUsage, "\(message); \(hint)")
  }

  private static var helpText: String {
    let width = commands.map(\.name.count).max() ?? 0
    let list = commands.map { command in
      "  \(command.name.padded(to: width))  \(command.summary)\n"
    }
    let exitCodes =
      "exit codes: "
      + ExitStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ")
    return """
      \(summary).

      usage: \(name) COMMAND …

      commands:
      \(list.joined())
      \(name) COMMAND --help tells what a command takes. \(name) --version prints the versions.

      \(exitCodes.wrapped(to: 96))
      """
  }
}
