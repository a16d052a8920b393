import Tensors

extension Model {
  /// Reads a model in ONNX's textual syntax.
  ///
  /// - Parameters:
  ///   - text: A header (`ir_version`, `opset_import`, …), one graph and maybe functions.
  ///   - loadExternalData: Reads initializers of the form `["location": "w.bin", …]`.
  /// - Throws: `TesseraError` at a line and column: of kind `.unsupported` with all places if the
  ///   text is well-formed but needs functions, subgraphs, or types other than dense tensors.
  package init(
    onnxText text: String, loadExternalData: ExternalDataLoader? = nil
  ) throws(TesseraError) {
    var parser = TextParser(text, loadExternalData: loadExternalData)
    self = try parser.model()
    try finishReading(parser.problems)
  }

  /// Reads the constants of a model in ONNX's textual syntax, whatever else it holds.
  ///
  /// - Returns: The model, in which nothing but the constants is checked, and what could not be read.
  package static func reading(
    onnxText text: String, loadExternalData: ExternalDataLoader? = nil
  ) throws(TesseraError) -> (model: Model, problems: ModelProblems) {
    var parser = TextParser(text, loadExternalData: loadExternalData)
    return (try parser.model(), parser.problems)
  }
}

/// A recursive-descent parser for ONNX's textual syntax.
struct TextParser {
  /// How deep graphs in attributes and types in types may nest.
  static let maximumDepth = 32
  var cursor: TextCursor
  let loadExternalData: ExternalDataLoader?
  /// What is well-formed but damaged or not supported, in the order of the text. Places are byte offsets
  /// until the text is read.
  var problems = ModelProblems()

  init(_ text: String, loadExternalData: ExternalDataLoader? = nil) {
    cursor = TextCursor(text)
    self.loadExternalData = loadExternalData
  }

  /// `header graph function*`
  mutating func model() throws(TesseraError) -> Model {
    var model = Model(graph: Graph(name: ""), opsetVersion: 0, irVersion: 0)
    try header(of: &model)
    model.graph = try graph(depth: 0)
    while !cursor.isAtEnd() {
      guard cursor.isNext("<") || cursor.isNext("\"") || !cursor.peekIdentifier().isEmpty else {
        throw cursor.expected("the end of the text")
      }
      problems.functions.insert(try function())
    }
    locateProblems()
    return model
  }

  /// Notes a feature that is well-formed but not supported; the parser goes on behind it.
  mutating func reportUnsupported(_ message: String, at offset: Int) {
    problems.add(.unsupported, message, at: .byteOffset(offset))
  }

  /// Notes what is well-formed but cannot be; the parser goes on behind it.
  mutating func reportInvalid(_ message: String, at offset: Int) {
    problems.add(.invalidInput, message, at: .byteOffset(offset))
  }

  /// Says what the problems from `index` on are about. Those of a nested graph are its node's.
  mutating func assignProblems(from index: Int, to subject: ModelProblems.Subject, depth: Int) {
    if depth == 0 { problems.assign(from: index, to: subject) }
  }

  private mutating func locateProblems() {
    let offsets = problems.entries.map { entry in
      if case .byteOffset(let offset)? = entry.diagnostic.location { offset } else { 0 }
    }
    for (index, location) in cursor.locations(of: offsets).enumerated() {
      problems.entries[index].diagnostic.location = location
    }
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
