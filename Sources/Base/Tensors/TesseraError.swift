/// What Tessera throws: one or more problems, each with its place.
public struct TesseraError: Error, Sendable, Equatable {
  /// What sort of failure this is; decides the exit code of the command-line tool.
  public enum Kind: Sendable, Equatable {
    /// A file, a value or an argument is damaged or does not fit (exit code 1).
    case invalidInput
    /// The operating system refused something (exit code 1).
    case systemFailure
    /// The command line or a call is malformed (exit code 2).
    case invalidUsage
    /// A valid model that needs an operator or a feature that we do not support (exit code 3).
    case unsupported
    /// The task that waited for a result was cancelled (exit code 130).
    case cancelled
  }

  /// The sort of failure.
  public var kind: Kind
  /// All problems that were found, in the order of the file; those that are thrown together are at most a
  /// hundred of a kind, and a last one counts the others. Never empty.
  public var diagnostics: [Diagnostic]
  private var byAddress = PassedByAddress()

  /// One problem, with its place if it has one.
  public init(_ kind: Kind, _ message: String, at location: Location? = nil) {
    self.kind = kind
    diagnostics = [Diagnostic(message, at: location)]
  }

  /// Several problems that were found together; nil if there are none.
  public init?(_ kind: Kind, diagnostics: [Diagnostic]) {
    self.init(kind, DiagnosticList(diagnostics))
  }

  /// Several problems that were found together; nil if there are none.
  package init?(_ kind: Kind, _ list: DiagnosticList) {
    guard !list.isEmpty else { return nil }
    self.kind = kind
    diagnostics = list.diagnostics
  }

  /// The same problems, placed in `file` where they name no file yet.
  public func inFile(_ file: String) -> TesseraError {
    var copy = self
    copy.diagnostics = diagnostics.map { $0.inFile(file) }
    return copy
  }

  /// The same problems, placed at `location` where they have no place yet.
  package func at(_ location: Location) -> TesseraError {
    var copy = self
    for index in copy.diagnostics.indices where copy.diagnostics[index].location == nil {
      copy.diagnostics[index].location = location
    }
    return copy
  }
}

/// Has the values that hold it passed by address.
///
/// Swift 6.3.1 crashes where an error that is passed otherwise is caught by `catch let error as TesseraError`
/// alone and the `do` block calls a generic function that may throw and does not, such as `map`.
private struct PassedByAddress: Sendable, Equatable {
  private var nothing: (any Sendable)?

  static func == (left: PassedByAddress, right: PassedByAddress) -> Bool { true }
}

extension TesseraError: CustomStringConvertible {
  /// One line a problem: `file: place: message`.
  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}

/// One problem: what is wrong, what was expected and what was found, and where.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public var message: String
  /// The file that the problem lies in, as the user named it.
  public var file: String?
  /// The place in the file or the graph.
  public var location: Location?

  /// A problem with its place.
  public init(_ message: String, file: String? = nil, at location: Location? = nil) {
    self.message = message
    self.file = file
    self.location = location
  }

  /// The same problem, placed in `file` if it names no file yet.
  public func inFile(_ file: String) -> Diagnostic {
    var copy = self
    copy.file = copy.file ?? file
    return copy
  }

  /// `file: place: message`, leaving out what is not known.
  public var description: String {
    [file, location.map { "\($0)" }, message].compactMap { $0 }.joined(separator: ": ")
  }
}

/// A place in a file or in a graph.
public enum Location: Sendable, Equatable, CustomStringConvertible {
  /// An offset in bytes from the start of the file.
  case byteOffset(Int)
  /// A line and a column of a text file, both from 1.
  case line(Int, column: Int)
  /// A node, by its name (or its first output where it has no name) and its operator.
  case node(String, operatorName: String)
  /// A graph value, by name.
  case value(String)
  /// A layer of a Caffe network, by its name and, where it is known, its type.
  case layer(String, type: String? = nil)

  /// The place in words.
  public var description: String {
    switch self {
    case .byteOffset(let offset): "byte \(offset)"
    case .line(let line, let column): "line \(line), column \(column)"
    case .node(let name, let operatorName): "node '\(name)' (\(operatorName))"
    case .value(let name): "value '\(name)'"
    case .layer(let name, let type): "layer '\(name)'" + (type.map { " (\($0))" } ?? "")
    }
  }
}
