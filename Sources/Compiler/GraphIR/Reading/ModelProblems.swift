import Tensors

/// What reading a model file found wrong. What is about a value or a node that no output needs does not
/// matter.
package struct ModelProblems: Sendable {
  /// What a problem is about.
  package enum Subject: Sendable, Hashable {
    /// The model as a whole.
    case model
    /// An initializer.
    case constant(String)
    /// An input, or what is declared about a value.
    case value(String)
    /// The node of this index.
    case node(Int)
  }

  /// One problem.
  package struct Entry: Sendable {
    package var subject = Subject.model
    package let kind: TesseraError.Kind
    package var diagnostic: Diagnostic
  }

  /// In the order of the file.
  package var entries: [Entry] = []
  /// The operators that the model itself defines.
  package var functions: Set<OperatorID> = []

  package init() {}

  /// Notes a problem, for the time being of the model as a whole.
  package mutating func add(
    _ kind: TesseraError.Kind, _ message: String, at location: Location? = nil
  ) {
    entries.append(Entry(kind: kind, diagnostic: Diagnostic(message, at: location)))
  }

  /// Says what the problems from `index` on are about.
  package mutating func assign(from index: Int, to subject: Subject) {
    for index in entries.indices[index...] { entries[index].subject = subject }
  }

  /// The values that could not be read.
  var values: Set<String> {
    Set(
      entries.compactMap { entry in
        switch entry.subject {
        case .constant(let name), .value(let name): name
        case .model, .node: nil
        }
      })
  }

  /// The nodes that could not be read, by index.
  var nodes: Set<Int> {
    Set(entries.compactMap { if case .node(let index) = $0.subject { index } else { nil } })
  }
}
