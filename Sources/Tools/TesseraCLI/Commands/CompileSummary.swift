import Tessera

/// What `compile` prints.
struct CompileSummary {
  private let report: CompileReport
  private let planPath: String
  private let parameterCount: Int
  private let memoryLimit: Int?

  init(_ report: CompileReport, planPath: String, parameterCount: Int, memoryLimit: Int?) {
    self.report = report
    self.planPath = planPath
    self.parameterCount = parameterCount
    self.memoryLimit = memoryLimit
  }

  var text: String {
    var table = TextTable([
      .text("variant"), .number("steps"), .number("arena"), .number("lower bound"),
      .number("sum of buffers"),
    ])
    for variant in report.variants {
      table.append([
        variant.signature.shapesText, "\(variant.stepCount)",
        variant.arenaByteCount.grouped, variant.arenaLowerBoundByteCount.grouped,
        variant.bufferByteCountSum.grouped,
      ])
    }
    var text = """
      \(planPath.withoutControlCharacters): \(report.fileByteCount.grouped) bytes
      parameters: \(parameterCount.grouped)
      packed weights: \(report.weightByteCount.grouped) bytes

      """
    if let error = report.measuredError { text += error.text + "\n" }
    if let narrowed = report.narrowedWeights { text += narrowed.text + "\n" }
    for error in report.weightErrors {
      let value = error.value.withoutControlCharacters
      text += """
        largest error of \(value) by rounded weights, over its largest value: \
        \(Figures.scientific(error.relativeError))

        """
    }
    if let tuning = report.tuning {
      text += """
        candidates: \(tuning.candidateCount), \(tuning.measuredCount) timed now, \
        \(tuning.knownCount) from \(tuning.cachePath.withoutControlCharacters)

        """
    }
    if let memoryLimit { text += memoryText(limit: memoryLimit) }
    text += "\n\(table.text)"
    guard memoryLimit != nil || report.tuning != nil else { return text }
    return report.variants.reduce(into: text) { $0 += "\n\(convolutionTable($1).text)" }
  }

  private func memoryText(limit: Int) -> String {
    let memory = report.memory
    return """
      memory: \(memory.totalByteCount.grouped) bytes of \(limit.grouped), \
      \((report.unlimitedMemory ?? memory).totalByteCount.grouped) without the limit: \
      weights \(memory.weightByteCount.grouped), arena \(memory.arenaByteCount.grouped), \
      workspace for \(threads(memory.threadCount)) \(memory.workspaceByteCount.grouped)

      """
  }

  /// The convolutions of a variant and, with a limit of memory, how they would be without.
  private func convolutionTable(_ variant: CompileReport.Variant) -> TextTable {
    let time = report.tuning == nil ? "estimated ms" : "ms"
    let lists = [variant.convolutions] + (variant.unlimitedConvolutions.map { [$0] } ?? [])
    var table = TextTable(
      [
        .text(variant.signature.shapesText), .text("algorithm"),
        .number("\(time), \(threads(report.tuning == nil ? 1 : report.memory.threadCount))"),
      ] + (lists.count > 1 ? [.text("without the limit"), .number(time)] : []))
    for (index, convolution) in variant.convolutions.enumerated() {
      table.append(
        [convolution.name]
          + lists.flatMap { [$0[index].algorithm, milliseconds($0[index].seconds)] })
    }
    table.append(
      ["sum"] + lists.flatMap { ["", milliseconds($0.reduce(0) { $0 + $1.seconds })] })
    return table
  }

  private func milliseconds(_ seconds: Double) -> String {
    Figures.fixed(seconds * 1e3, digits: 3)
  }

  private func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }

  func json(warnings: [Diagnostic]) -> JSONValue {
    .object([
      "plan": .string(planPath),
      "bytes": .integer(report.fileByteCount),
      "parameters": .integer(parameterCount),
      "weight_bytes": .integer(report.weightByteCount),
      "error": report.measuredError?.json ?? .null,
      "narrowed_weights": report.narrowedWeights?.json ?? .null,
      "weight_errors": .array(report.weightErrors.map(\.json)),
      "memory": report.memory.json,
      "memory_limit_bytes": memoryLimit.map(JSONValue.integer) ?? .null,
      "unlimited_memory": report.unlimitedMemory?.json ?? .null,
      "tuning": report.tuning?.json ?? .null,
      "variants": .array(report.variants.map(\.json)),
      "warnings": .strings(warnings.map(\.description)),
      "notes": .strings(report.notes),
    ])
  }
}

extension CompileReport.Variant {
  fileprivate var json: JSONValue {
    .members(
      signature.json + [
        ("steps", .integer(stepCount)),
        ("arena_bytes", .integer(arenaByteCount)),
        ("arena_lower_bound_bytes", .integer(arenaLowerBoundByteCount)),
        ("buffer_bytes_sum", .integer(bufferByteCountSum)),
        ("convolutions", .array(convolutions.map(\.json))),
        (
          "unlimited_convolutions",
          unlimitedConvolutions.map { .array($0.map(\.json)) } ?? .null
        ),
      ])
  }
}

extension CompileReport.Convolution {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name), "algorithm": .string(algorithm), "ms": .double(seconds * 1e3),
    ])
  }
}

extension OutputError {
  fileprivate var json: JSONValue {
    .object([
      "output": .string(output), "value": .string(value), "error": .double(relativeError),
    ])
  }
}

extension CompileReport.Memory {
  fileprivate var json: JSONValue {
    .object([
      "weight_bytes": .integer(weightByteCount), "arena_bytes": .integer(arenaByteCount),
      "workspace_bytes": .integer(workspaceByteCount), "threads": .integer(threadCount),
      "total_bytes": .integer(totalByteCount),
    ])
  }
}

extension CompileReport.Tuning {
  fileprivate var knownCount: Int { candidateCount - measuredCount }

  fileprivate var json: JSONValue {
    .object([
      "candidates": .integer(candidateCount), "measured": .integer(measuredCount),
      "cached": .integer(knownCount), "cache": .string(cachePath),
    ])
  }
}
