import Tensors

extension Model {
  /// Reads a model in ONNX's textual syntax.
  ///
  /// - Parameters:
  ///   - text: A header (`ir_version`, `opset_import`, …) and one graph.
  ///   - loadExternalData: Reads initializers of the form `["location": "w.bin", …]`.
  /// - Throws: `TesseraError` at a line and column: of kind `.unsupported` with all places if the
  ///   text is well-formed but has functions, subgraphs, or types other than dense tensors.
  package init(
    onnxText text: String, loadExternalData: ExternalDataLoader? = nil
  ) throws(TesseraError) {
    var parser = TextParser(text, loadExternalData: loadExternalData)
    self = try parser.model()
    try checkStructure()
  }
}

/// A recursive-descent parser for ONNX's textual syntax.
struct TextParser {
  /// How deep graphs in attributes and types in types may nest.
  static let maximumDepth = 32
  /// After how many problems the parser gives up.
  static let maximumProblems = 100

  var cursor: TextCursor
  let loadExternalData: ExternalDataLoader?
  /// What is well-formed but not supported, in the order of the text.
  private(set) var unsupported: [Diagnostic] = []

  init(_ text: String, loadExternalData: ExternalDataLoader? = nil) {
    cursor = TextCursor(text)
    self.loadExternalData = loadExternalData
  }

  /// `[ header ] graph function*`
  mutating func model() throws(TesseraError) -> Model {
    var model = Model(graph: Graph(name: ""), opsetVersion: 0, irVersion: 0)
    try header(of: &model)
    model.graph = try graph(depth: 0)
    // Its constants are no inputs, which IR version 4 is the first to allow.
    if model.graph.constants.count > 0 { model.irVersion = max(4, model.irVersion) }
    if !cursor.isAtEnd() {
      guard cursor.isNext("<") || cursor.isNext("\"") || !cursor.peekIdentifier().isEmpty else {
        throw cursor.expected("the end of the text")
      }
      try reportUnsupported("model-local functions are not supported", at: cursor.position)
    }
    try throwUnsupported()
    return model
  }

  /// Notes a feature that is well-formed but not supported; the parser goes on behind it.
  mutating func reportUnsupported(_ message: String, at offset: Int) throws(TesseraError) {
    unsupported.append(Diagnostic(message, at: cursor.location(of: offset)))
    if unsupported.count >= Self.maximumProblems { try throwUnsupported() }
  }

  private func throwUnsupported() throws(TesseraError) {
    if let error = TesseraError(.unsupported, diagnostics: unsupported) { throw error }
  }

  func checkDepth(_ depth: Int) throws(TesseraError) {
    guard depth <= Self.maximumDepth else {
      throw cursor.error("nested deeper than \(Self.maximumDepth) levels")
    }
  }

  /// The name of a value, a node or a graph: an identifier or a quoted text.
  mutating func name(_ what: String) throws(TesseraError) -> String {
    cursor.isNext("\"") ? try cursor.quotedString(what) : try cursor.requireIdentifier(what)
  }

  /// `element { , element }` between `open`, which is already read, and `close`; maybe none.
  mutating func list(
    until close: Unicode.Scalar, _ element: (inout TextParser) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    if cursor.take(close) { return }
    repeat { try element(&self) } while cursor.take(",")
    guard cursor.take(close) else { throw cursor.expected("',' or '\(close)'") }
  }
}
