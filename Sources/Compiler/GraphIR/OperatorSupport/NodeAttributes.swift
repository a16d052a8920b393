import Tensors

/// Typed access to a node's attributes. Each reader throws `invalidInput` where the attribute has
/// another kind than the operator defines, and gives nil or the default where it is absent.
extension Node {
  package func intAttribute(_ name: String) throws(TesseraError) -> Int? {
    guard let attribute = attributes[name] else { return nil }
    guard case .int(let value) = attribute else { throw wrongKind(name, attribute, "an int") }
    return Int(value)
  }

  package func intAttribute(_ name: String, default value: Int) throws(TesseraError) -> Int {
    try intAttribute(name) ?? value
  }

  /// An int attribute that ONNX uses as a truth value.
  package func flagAttribute(_ name: String, default value: Bool = false) throws(TesseraError)
    -> Bool
  {
    try intAttribute(name).map { $0 != 0 } ?? value
  }

  package func intsAttribute(_ name: String) throws(TesseraError) -> [Int]? {
    guard let attribute = attributes[name] else { return nil }
    switch attribute {
    case .ints(let values): return values.map { Int($0) }
    // An empty list does not show the type of its elements.
    case .floats(let values) where values.isEmpty: return []
    case .strings(let values) where values.isEmpty: return []
    default: throw wrongKind(name, attribute, "a list of ints")
    }
  }

  package func floatAttribute(_ name: String) throws(TesseraError) -> Float? {
    guard let attribute = attributes[name] else { return nil }
    guard case .float(let value) = attribute else { throw wrongKind(name, attribute, "a float") }
    return value
  }

  package func floatAttribute(_ name: String, default value: Float) throws(TesseraError) -> Float {
    try floatAttribute(name) ?? value
  }

  package func stringAttribute(_ name: String) throws(TesseraError) -> String? {
    guard let attribute = attributes[name] else { return nil }
    guard case .string(let value) = attribute else { throw wrongKind(name, attribute, "a string") }
    return value
  }

  package func tensorAttribute(_ name: String) throws(TesseraError) -> Tensor? {
    guard let attribute = attributes[name] else { return nil }
    guard case .tensor(let value) = attribute else { throw wrongKind(name, attribute, "a tensor") }
    return value
  }

  /// The value that a reader gave, or the error that the attribute is missing.
  package func require<Value>(_ value: Value?, attribute name: String) throws(TesseraError)
    -> Value
  {
    guard let value else { throw invalid("the attribute '\(name)' is missing") }
    return value
  }

  /// The value that an input gave, or the error that the input is missing.
  package func require<Value>(_ value: Value?, input name: String) throws(TesseraError) -> Value {
    guard let value else { throw invalid("the input '\(name)' is missing") }
    return value
  }

  private func wrongKind(_ name: String, _ attribute: Attribute, _ expected: String)
    -> TesseraError
  {
    invalid("the attribute '\(name)' must be \(expected), but is \(attribute.kindDescription)")
  }
}

extension Attribute {
  /// The kind of this attribute in words, such as `a list of ints`.
  package var kindDescription: String {
    switch self {
    case .int: "an int"
    case .float: "a float"
    case .string: "a string"
    case .tensor: "a tensor"
    case .ints: "a list of ints"
    case .floats: "a list of floats"
    case .strings: "a list of strings"
    }
  }
}
