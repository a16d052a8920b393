import Tensors

extension TextParser {
  /// `name ( inputs ) => ( outputs ) [ < values > ] { nodes }`
  ///
  /// An input with a value is a constant: we have no inputs that may be left out.
  mutating func graph(depth: Int) throws(TesseraError) -> Graph {
    try checkDepth(depth)
    var graph = Graph(name: try name("the graph's name"))
    try cursor.expect("(")
    try list(until: ")") { (parser) throws(TesseraError) in
      let (name, isConstant) = try parser.value(in: &graph, mayHaveData: true)
      if !isConstant { graph.inputs.append(name) }
    }
    try cursor.expect("=")
    guard cursor.peek() == UInt8(ascii: ">") else { throw cursor.expected("'=>'") }
    try cursor.expect(">")
    try cursor.expect("(")
    try list(until: ")") { (parser) throws(TesseraError) in
      graph.outputs.append(try parser.value(in: &graph, mayHaveData: false).name)
    }
    if cursor.take("<") {
      try list(until: ">") { (parser) throws(TesseraError) in
        _ = try parser.value(in: &graph, mayHaveData: true)
      }
    }
    graph.inputs.removeAll { graph.constants[$0] != nil }

    try cursor.expect("{")
    while !cursor.take("}") {
      guard !cursor.isAtEnd() else { throw cursor.expected("a node or '}'") }
      graph.nodes.append(try node(depth: depth))
    }
    return graph
  }

  /// `[ type ] name [ = data ]`, noted in the graph's types or, with data, its constants.
  private mutating func value(
    in graph: inout Graph, mayHaveData: Bool
  ) throws(TesseraError) -> (name: String, isConstant: Bool) {
    cursor.skipSpace()
    let start = cursor.position
    var type: TensorType?
    let hasType = isTypeName(cursor.peekIdentifier())
    if hasType { type = try self.type() }
    cursor.skipSpace()
    let nameStart = cursor.position
    let name = try name(hasType ? "a value's name" : "a type or a value's name")

    if mayHaveData && cursor.isNext("=") && cursor.peek(1) != UInt8(ascii: ">") {
      try cursor.expect("=")
      guard hasType else { throw cursor.error("the constant '\(name)' has no type", at: start) }
      guard let tensor = try tensor(of: type, at: start) else { return (name, true) }
      guard graph.constants[name] == nil else {
        throw cursor.error("the constant '\(name)' is defined twice", at: nameStart)
      }
      graph.constants[name] = tensor
      return (name, true)
    }
    if let type {
      if let known = graph.types[name], known != type {
        throw cursor.error(
          "'\(name)' has type \(type) here and \(known) before", at: start)
      }
      graph.types[name] = type
    }
    return (name, false)
  }
}
