import Tensors

/// Element types that ONNX's textual syntax names and that we do not support.
private let unsupportedElementTypes: Set<String> = [
  "string", "complex64", "complex128", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
  "float8e5m2fnuz", "float8e8m0", "float4e2m1", "uint4", "int4", "uint2", "int2", "float6e2m3fn",
  "float6e3m2fn",
]

/// Words that start a type that is not a dense tensor.
private let containerTypes: Set<String> = [
  "seq", "map", "optional", "sparse_tensor", "opaque",
]

/// True if `word` starts a type.
func isTypeName(_ word: String) -> Bool {
  ElementType(onnxName: word) != nil || unsupportedElementTypes.contains(word)
    || containerTypes.contains(word)
}

extension TextParser {
  /// A type: `float` (a scalar), `float[N,3,?]`, `float[]` (unknown rank); nil, and a problem noted,
  /// for types that we do not support.
  mutating func type(depth: Int = 0) throws(TesseraError) -> TensorType? {
    try checkDepth(depth)
    cursor.skipSpace()
    let start = cursor.position
    let word = try cursor.requireIdentifier("a type")
    if containerTypes.contains(word) {
      if depth == 0 {
        reportUnsupported("values of type '\(word)' are not supported", at: start)
      }
      try skipContainerType(word, depth: depth)
      return nil
    }
    let elementType = ElementType(onnxName: word)
    guard elementType != nil || unsupportedElementTypes.contains(word) else {
      throw cursor.error("expected a type, found '\(word)'", at: start)
    }
    let dimensions = try dimensions()
    guard let elementType else {
      if depth == 0 {
        reportUnsupported("tensors of '\(word)' are not supported", at: start)
      }
      return nil
    }
    return TensorType(elementType, dimensions)
  }

  /// `[ extent { , extent } ]`: no brackets for a scalar, empty ones for an unknown rank.
  private mutating func dimensions() throws(TesseraError) -> [Dimension]? {
    guard cursor.take("[") else { return [] }
    var dimensions: [Dimension] = []
    try list(until: "]") { (parser) throws(TesseraError) in
      dimensions.append(try parser.dimension())
    }
    return dimensions.isEmpty ? nil : dimensions
  }

  private mutating func dimension() throws(TesseraError) -> Dimension {
    if cursor.take("?") { return .unknown }
    if cursor.isNext("\"") || !cursor.peekIdentifier().isEmpty {
      return Dimension(name: try name("a dimension"))
    }
    let start = cursor.position
    let number = try cursor.integer("a dimension (a number, a name or '?')", as: Int64.self)
    guard let dimension = Dimension(number: number) else {
      reportInvalid(
        "expected a dimension of at least 0, or -1 for an unknown one, found \(number)", at: start)
      return .unknown
    }
    return dimension
  }

  /// What follows `seq`, `map`, `optional`, `sparse_tensor` or `opaque`.
  private mutating func skipContainerType(_ word: String, depth: Int) throws(TesseraError) {
    try cursor.expect("(")
    if word == "opaque" {
      while !cursor.isNext(")") {
        guard cursor.take(".") || cursor.take(",") || !cursor.identifier().isEmpty else {
          throw cursor.expected("')'")
        }
      }
    } else {
      if word == "map" {
        _ = try cursor.requireIdentifier("the type of the keys")
        try cursor.expect(",")
      }
      _ = try type(depth: depth + 1)
    }
    try cursor.expect(")")
  }
}
