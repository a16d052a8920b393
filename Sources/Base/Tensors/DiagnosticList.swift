/// Problems in the order in which they were found. Of each kind the first hundred are kept and the others
/// counted: a damaged file can have as many as it has bytes.
///
/// Two problems are of a kind if their sentences differ in quoted names and numbers alone.
package struct DiagnosticList: Sendable {
  /// How many of a kind are kept.
  package static let maximumCountPerKind = 100
  /// How many kinds are told apart; what comes after them is one kind.
  private static let maximumKindCount = 1000

  private var kept: [Diagnostic] = []
  private var kinds: [Kind] = []
  private var kindIndices: [[UInt8]: Int] = [:]

  private struct Kind {
    let first: Diagnostic
    var count = 0
  }

  package init() {}

  package init(_ diagnostics: [Diagnostic]) {
    self += diagnostics
  }

  package var isEmpty: Bool { kept.isEmpty }

  /// Those that are kept, then how many more there were.
  package var diagnostics: [Diagnostic] { kept + counts }

  /// How many of each kind are not kept, where there are any.
  package var counts: [Diagnostic] {
    kinds.filter { $0.count > Self.maximumCountPerKind }.map { kind in
      Diagnostic(
        "and \(kind.count - Self.maximumCountPerKind) more like '\(kind.first.message)'",
        file: kind.first.file)
    }
  }

  /// - Returns: true if the problem is kept.
  @discardableResult
  package mutating func append(_ diagnostic: Diagnostic) -> Bool {
    let key = Self.kind(of: diagnostic.message)
    var index = kindIndices[key] ?? kinds.count
    if index == kinds.count {
      index = min(index, Self.maximumKindCount)
      if index == kinds.count { kinds.append(Kind(first: diagnostic)) }
      if index < Self.maximumKindCount { kindIndices[key] = index }
    }
    kinds[index].count += 1
    guard kinds[index].count <= Self.maximumCountPerKind else { return false }
    kept.append(diagnostic)
    return true
  }

  package static func += (list: inout DiagnosticList, diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { list.append(diagnostic) }
  }

  /// The sentence without quoted names and digits.
  private static func kind(of message: String) -> [UInt8] {
    var kind: [UInt8] = []
    var isQuoted = false
    for byte in message.utf8 {
      if byte == UInt8(ascii: "'") { isQuoted.toggle() }
      if !isQuoted, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { kind.append(byte) }
    }
    return kind
  }
}
