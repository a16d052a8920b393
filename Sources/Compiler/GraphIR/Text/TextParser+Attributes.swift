import Tensors

/// What a single value of each attribute type is, and whether the type is a list of them.
private let attributeTypes: [String: (element: String, isList: Bool)] = [
  "int": ("int", false), "ints": ("int", true),
  "float": ("float", false), "floats": ("float", true),
  "string": ("string", false), "strings": ("string", true),
  "tensor": ("tensor", false), "tensors": ("tensor", true),
  "graph": ("graph", false), "graphs": ("graph", true),
  "type_proto": ("type_proto", false), "type_protos": ("type_proto", true),
  "sparse_tensor": ("sparse_tensor", false), "sparse_tensors": ("sparse_tensor", true),
]

/// One value of an attribute or of its list.
private enum AttributeValue {
  case int(Int64)
  case float(Float)
  case string(String)
  case tensor(Tensor)
  /// A value that we do not support; the problem is noted.
  case unsupported(String)

  var typeName: String {
    switch self {
    case .int: "int"
    case .float: "float"
    case .string: "string"
    case .tensor: "tensor"
    case .unsupported(let name): name
    }
  }
}

extension TextParser {
  /// `[ : type ] = value`, where the value may be a list; nil, and a problem noted, for values that
  /// we do not support.
  mutating func attribute(named name: String, depth: Int) throws(TesseraError) -> Attribute? {
    var declared: (element: String, isList: Bool)?
    if cursor.take(":") {
      cursor.skipSpace()
      let start = cursor.position
      let word = try cursor.requireIdentifier("an attribute type")
      declared = attributeTypes[word]
      guard declared != nil else {
        throw cursor.error("'\(word)' is not an attribute type", at: start)
      }
    }
    try cursor.expect("=")
    cursor.skipSpace()
    let start = cursor.position
    guard cursor.take("[") else {
      guard declared?.isList != true else { throw cursor.expected("'['") }
      return single(try attributeValue(as: declared?.element, depth: depth))
    }
    guard declared?.isList != false else {
      throw cursor.error("expected a single value, found a list", at: start)
    }
    var values: [AttributeValue] = []
    var element = declared?.element
    try list(until: "]") { (parser) throws(TesseraError) in
      let value = try parser.attributeValue(as: element, depth: depth)
      element = element ?? value.typeName
      values.append(value)
    }
    guard let element else {
      throw cursor.error(
        "the type of the empty list is not known: write '\(name): ints = []'", at: start)
    }
    return try listAttribute(values, of: element, at: start)
  }

  private func single(_ value: AttributeValue) -> Attribute? {
    switch value {
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .string(let value): .string(value)
    case .tensor(let value): .tensor(value)
    case .unsupported: nil
    }
  }

  private mutating func listAttribute(
    _ values: [AttributeValue], of element: String, at start: Int
  ) throws(TesseraError) -> Attribute? {
    switch element {
    case "int":
      return .ints(values.compactMap { if case .int(let value) = $0 { value } else { nil } })
    case "float":
      return .floats(values.compactMap { if case .float(let value) = $0 { value } else { nil } })
    case "string":
      return .strings(values.compactMap { if case .string(let value) = $0 { value } else { nil } })
    default:
      reportUnsupported(
        "attributes that are lists of '\(element)' are not supported", at: start)
      return nil
    }
  }

  /// One value. An integer stands for a float where `element` asks for one.
  private mutating func attributeValue(
    as element: String?, depth: Int
  ) throws(TesseraError) -> AttributeValue {
    cursor.skipSpace()
    let start = cursor.position
    var value = try attributeValue(depth: depth)
    if element == "float", case .int(let integer) = value { value = .float(Float(integer)) }
    if let element, element != value.typeName {
      throw cursor.error(
        "expected a value of type '\(element)', found '\(value.typeName)'", at: start)
    }
    return value
  }

  private mutating func attributeValue(depth: Int) throws(TesseraError) -> AttributeValue {
    let start = cursor.position
    if cursor.take("@") {
      throw cursor.error("attribute references exist only in functions", at: start)
    }
    let word = cursor.peekIdentifier()
    if isTypeName(word) { return try tensorOrType() }
    if !word.isEmpty && !cursor.isNextNonFinite() {
      let problemCount = problems.entries.count
      _ = try graph(depth: depth + 1)
      // What is in the graph does not matter then.
      problems.entries.removeSubrange(problemCount...)
      reportUnsupported("attributes that are graphs are not supported", at: start)
      return .unsupported("graph")
    }
    switch try cursor.literal("an attribute's value") {
    case .integer(let digits):
      guard let value = Int64(digits) else {
        throw cursor.error("\(digits) does not fit a 64-bit integer", at: start)
      }
      return .int(value)
    case .real(let digits): return .float(try cursor.real(digits, at: start))
    case .string(let text): return .string(text)
    }
  }

  /// `type [ name ] [ = ] data`, or a type alone.
  private mutating func tensorOrType() throws(TesseraError) -> AttributeValue {
    let start = cursor.position
    let type = try type()
    let hasName = cursor.isNext("\"") || !cursor.peekIdentifier().isEmpty
    if hasName { _ = try name("the tensor's name") }
    let hasEquals = cursor.take("=")
    guard hasName || hasEquals || cursor.isNext("{") else {
      reportUnsupported("attributes that are types are not supported", at: start)
      return .unsupported("type_proto")
    }
    return try tensor(of: type, at: start).map(AttributeValue.tensor) ?? .unsupported("tensor")
  }
}
