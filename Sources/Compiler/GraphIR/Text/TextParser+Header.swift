import Tensors

extension TextParser {
  /// `< key : value { , key : value } >`, with keys in any order.
  mutating func header(of model: inout Model) throws(TesseraError) {
    guard cursor.isNext("<") else {
      throw cursor.expected("the model's header '< ir_version: …, opset_import: […] >'")
    }
    let start = cursor.position
    try cursor.expect("<")
    var keys: Set<String> = []
    repeat {
      cursor.skipSpace()
      let keyStart = cursor.position
      let key = try cursor.requireIdentifier("a header key")
      try cursor.expect(":")
      guard keys.insert(key).inserted else {
        throw cursor.error("'\(key)' is given twice", at: keyStart)
      }
      try headerValue(of: key, at: keyStart, in: &model)
    } while cursor.take(",")
    guard cursor.take(">") else { throw cursor.expected("',' or '>'") }
    for required in ["ir_version", "opset_import"] where !keys.contains(required) {
      throw cursor.error("the model's header has no '\(required)'", at: start)
    }
  }

  private mutating func headerValue(
    of key: String, at keyStart: Int, in model: inout Model
  ) throws(TesseraError) {
    switch key {
    case "ir_version": model.irVersion = try cursor.integer("the IR version")
    case "opset_import": model.opsetVersions = try opsetImports()
    case "producer_name": model.producerName = try cursor.quotedString("a quoted text")
    case "producer_version": model.producerVersion = try cursor.quotedString("a quoted text")
    case "domain": model.domain = try cursor.quotedString("a quoted text")
    case "model_version": model.modelVersion = try cursor.integer("the model's version")
    case "doc_string": model.docString = try cursor.quotedString("a quoted text")
    case "metadata_props": model.metadata = try stringPairs()
    default: throw cursor.error("'\(key)' is not a header key", at: keyStart)
    }
  }

  /// `[ "domain" : version { , "domain" : version } ]`
  private mutating func opsetImports() throws(TesseraError) -> [String: Int] {
    var versions: [String: Int] = [:]
    try cursor.expect("[")
    try list(until: "]") { (parser) throws(TesseraError) in
      let domain = try parser.cursor.quotedString("a quoted domain")
      try parser.cursor.expect(":")
      let start = parser.cursor.position
      let version = try parser.cursor.integer("the operator set's version", as: Int.self)
      guard version > 0, versions.updateValue(version, forKey: domain) == nil else {
        throw parser.cursor.error(
          version > 0
            ? "domain '\(domain)' is imported twice"
            : "expected a positive operator set version, found \(version)", at: start)
      }
    }
    return versions
  }

  /// `[ "key" : "value" { , "key" : "value" } ]`
  mutating func stringPairs() throws(TesseraError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    try cursor.expect("[")
    try list(until: "]") { (parser) throws(TesseraError) in
      let key = try parser.cursor.quotedString("a quoted key")
      try parser.cursor.expect(":")
      pairs.append((key, try parser.cursor.quotedString("a quoted value")))
    }
    return pairs
  }
}
