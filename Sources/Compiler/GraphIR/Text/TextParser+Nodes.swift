import Tensors

extension TextParser {
  /// `[ [label] ] outputs = domain.Operator < attributes > ( inputs )`, where the attributes may
  /// also follow the inputs.
  mutating func node(depth: Int) throws(TesseraError) -> Node {
    var label = ""
    if cursor.take("[") {
      label = try name("the node's name")
      try cursor.expect("]")
    }
    let outputs = try valueNames()
    guard cursor.take("=") else {
      throw cursor.expected(outputs.isEmpty ? "a node or '}'" : "',' or '='")
    }

    var path = [try cursor.requireIdentifier("an operator")]
    while cursor.take(".") { path.append(try cursor.requireIdentifier("an operator")) }
    let operatorName = path.removeLast()
    if cursor.isNext(":") {
      let start = cursor.position
      try cursor.expect(":")
      _ = try cursor.requireIdentifier("an overload's name")
      reportUnsupported("operators with an overload are not supported", at: start)
    }

    var node = Node(
      operatorName, domain: path.joined(separator: "."), name: label, inputs: [], outputs: outputs)
    if cursor.isNext("<") { node.attributes = try attributes(depth: depth) }
    guard cursor.take("(") else {
      throw cursor.expected(node.attributes.isEmpty ? "'<' or '('" : "'('")
    }
    node.inputs = try valueNames()
    guard cursor.take(")") else { throw cursor.expected("',' or ')'") }
    if node.attributes.isEmpty && cursor.isNext("<") {
      node.attributes = try attributes(depth: depth)
    }
    return node
  }

  /// Names with commas between them, maybe none. An absent value is `""`, or nothing before a comma.
  private mutating func valueNames() throws(TesseraError) -> [String] {
    var names: [String] = []
    while true {
      if cursor.isNext("\"") {
        names.append(try cursor.quotedString("a value's name"))
      } else {
        let name = cursor.identifier()
        if name.isEmpty {
          guard cursor.take(",") else { return names }
          names.append("")
          continue
        }
        names.append(name)
      }
      guard cursor.take(",") else { return names }
    }
  }

  /// `< attribute { , attribute } >`
  private mutating func attributes(depth: Int) throws(TesseraError) -> [String: Attribute] {
    var attributes: [String: Attribute] = [:]
    var names: Set<String> = []
    try cursor.expect("<")
    repeat {
      cursor.skipSpace()
      let start = cursor.position
      let name = try name("an attribute's name")
      guard names.insert(name).inserted else {
        throw cursor.error("attribute '\(name)' is given twice", at: start)
      }
      attributes[name] = try attribute(named: name, depth: depth)
    } while cursor.take(",")
    guard cursor.take(">") else { throw cursor.expected("',' or '>'") }
    return attributes
  }
}
