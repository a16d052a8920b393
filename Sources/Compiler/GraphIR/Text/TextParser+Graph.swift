import Tensors

extension TextParser {
  /// `name ( inputs ) => ( outputs ) [ < values > ] { nodes }`
  ///
  /// An input with a value is a constant, which a binding may replace.
  mutating func graph(depth: Int) throws(TesseraError) -> Graph {
    try checkDepth(depth)
    var graph = Graph(name: try name("the graph's name"))
    try cursor.expect("(")
    try list(until: ")") { (parser) throws(TesseraError) in
      graph.inputs.append(try parser.value(in: &graph, mayHaveData: true, depth: depth))
    }
    try cursor.expect("=")
    guard cursor.peek() == UInt8(ascii: ">") else { throw cursor.expected("'=>'") }
    try cursor.expect(">")
    try cursor.expect("(")
    try list(until: ")") { (parser) throws(TesseraError) in
      graph.outputs.append(try parser.value(in: &graph, mayHaveData: false, depth: depth))
    }
    if cursor.take("<") {
      try list(until: ">") { (parser) throws(TesseraError) in
        _ = try parser.value(in: &graph, mayHaveData: true, depth: depth)
      }
    }
    graph.separateDefaults()

    try cursor.expect("{")
    while !cursor.take("}") {
      guard !cursor.isAtEnd() else { throw cursor.expected("a node or '}'") }
      let problemCount = problems.entries.count
      graph.nodes.append(try node(depth: depth))
      assignProblems(from: problemCount, to: .node(graph.nodes.count - 1), depth: depth)
    }
    return graph
  }

  /// `[ type ] name [ = data ]`, noted in the graph's types and, with data, its constants. Returns the
  /// name.
  private mutating func value(
    in graph: inout Graph, mayHaveData: Bool, depth: Int
  ) throws(TesseraError) -> String {
    cursor.skipSpace()
    let start = cursor.position
    let problemCount = problems.entries.count
    var type: TensorType?
    let hasType = isTypeName(cursor.peekIdentifier())
    if hasType { type = try self.type() }
    cursor.skipSpace()
    let nameStart = cursor.position
    let name = try name(hasType ? "a value's name" : "a type or a value's name")
    assignProblems(from: problemCount, to: .value(name), depth: depth)

    if mayHaveData && cursor.isNext("=") && cursor.peek(1) != UInt8(ascii: ">") {
      try cursor.expect("=")
      guard hasType else { throw cursor.error("the constant '\(name)' has no type", at: start) }
      let tensor = try tensor(of: type, at: start)
      assignProblems(from: problemCount, to: .constant(name), depth: depth)
      guard let tensor else { return name }
      guard graph.constants[name] == nil else {
        throw cursor.error("the constant '\(name)' is defined twice", at: nameStart)
      }
      graph.constants[name] = tensor
      return name
    }
    if let type {
      if let known = graph.types[name], known != type {
        throw cursor.error(
          "'\(name)' has type \(type) here and \(known) before", at: start)
      }
      graph.types[name] = type
    }
    return name
  }
}
