/// Problems that are collected to be thrown together.
package struct ProblemList: Sendable {
  /// In the order in which they were found.
  package private(set) var diagnostics: [Diagnostic] = []
  private var isUnsupported = false

  package init() {}

  package mutating func add(_ kind: TesseraError.Kind, _ problems: [Diagnostic]) {
    diagnostics += problems
    if kind == .unsupported, !problems.isEmpty { isUnsupported = true }
  }

  package mutating func add(_ error: TesseraError) {
    add(error.kind, error.diagnostics)
  }

  /// All of them, of kind `unsupported` if one of them is; nil if there are none.
  package var error: TesseraError? {
    TesseraError(isUnsupported ? .unsupported : .invalidInput, diagnostics: diagnostics)
  }

  package func throwIfAny() throws(TesseraError) {
    if let error { throw error }
  }
}
