import Tensors

/// What a process tells the others where all of them wait for each other.
struct ProcessReport: Codable {
  /// Where in the program it is.
  var stage = ""
  var failure: ProcessFailure?
  var numbers: [Int] = []
  var facts: [ProcessFact] = []

  /// What the reports of all ranks, in their order, come to: sums, or what one failed with.
  static func conclusion(of reports: [ProcessReport]) -> ProcessReport {
    guard let root = reports.first else { return ProcessReport() }
    if let failure = firstFailure(reports) { return ProcessReport(failure: failure) }
    var sums = root.numbers
    for (rank, report) in reports.enumerated().dropFirst() {
      if let difference = difference(of: report, rank: rank, from: root) {
        return ProcessReport(failure: ProcessFailure(difference))
      }
      for index in sums.indices { sums[index] += report.numbers[index] }
    }
    return ProcessReport(numbers: sums)
  }

  /// The rank is named where the root did not fail too.
  private static func firstFailure(_ reports: [ProcessReport]) -> ProcessFailure? {
    guard let rank = reports.firstIndex(where: { $0.failure != nil }) else { return nil }
    guard rank > 0, var failure = reports[rank].failure else { return reports[rank].failure }
    failure.messages = failure.messages.map { "rank \(rank): \($0)" }
    return failure
  }

  private static func difference(
    of report: ProcessReport, rank: Int, from root: ProcessReport
  ) -> TesseraError? {
    guard report.stage == root.stage, report.numbers.count == root.numbers.count else {
      return TesseraError(
        .invalidInput,
        "rank \(rank) is at \(report.stage), rank 0 at \(root.stage): all ranks need the same program and command line"
      )
    }
    for (fact, rootFact) in zip(report.facts, root.facts) where fact != rootFact {
      return fact.difference(from: rootFact, rank: rank)
    }
    return nil
  }
}

/// Something that must be the same on all processes.
struct ProcessFact: Codable, Equatable {
  /// As in "the instruction set".
  let name: String
  let value: String
  /// Whether the value says something to people.
  var isShown = true

  func difference(from root: ProcessFact, rank: Int) -> TesseraError {
    let text =
      isShown
      ? "rank \(rank): \(name): expected '\(root.value)' as on rank 0, found '\(value)'"
      : "rank \(rank): \(name) differs from that of rank 0"
    return TesseraError(.invalidInput, text)
  }
}

/// A `TesseraError` in words.
struct ProcessFailure: Codable {
  private let kind: String
  var messages: [String]

  private static let kinds: [(name: String, kind: TesseraError.Kind)] = [
    ("input", .invalidInput), ("system", .systemFailure), ("usage", .invalidUsage),
    ("unsupported", .unsupported), ("cancelled", .cancelled),
  ]

  init(_ error: TesseraError) {
    kind = Self.kinds.first { $0.kind == error.kind }?.name ?? ""
    messages = error.diagnostics.map(\.description)
  }

  var error: TesseraError {
    let kind = Self.kinds.first { $0.name == self.kind }?.kind ?? .invalidInput
    return TesseraError(kind, diagnostics: messages.map { Diagnostic($0) })
      ?? TesseraError(kind, "another rank failed")
  }
}
