/// Problems that are collected to be thrown together.
package struct ProblemList: Sendable {
  private var list = DiagnosticList()
  private var isUnsupported = false

  package init() {}

  package mutating func add(_ kind: TesseraError.Kind, _ problems: [Diagnostic]) {
    list += problems
    if kind == .unsupported, !problems.isEmpty { isUnsupported = true }
  }

  package mutating func add(_ error: TesseraError) {
    add(error.kind, error.diagnostics)
  }

  /// All of them, of kind `unsupported` if one of them is; nil if there are none.
  package var error: TesseraError? {
    TesseraError(isUnsupported ? .unsupported : .invalidInput, list)
  }

  package func throwIfAny() throws(TesseraError) {
    if let error { throw error }
  }
}
