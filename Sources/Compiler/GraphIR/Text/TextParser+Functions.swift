import Tensors

extension TextParser {
  /// `< domain: "d", … > name [ < attributes > ] ( inputs ) => ( outputs ) [ < values > ] { nodes }`, of
  /// which only the name and the domain are kept.
  mutating func function() throws(TesseraError) -> OperatorID {
    var domain = ""
    if cursor.take("<") {
      repeat {
        let key = try cursor.requireIdentifier("a key of a function's header")
        try cursor.expect(":")
        if key == "opset_import" {
          try cursor.expect("[")
          try skip(until: "]")
        } else if cursor.isNext("\"") {
          let value = try cursor.quotedString("a quoted text")
          if key == "domain" { domain = value }
        } else {
          _ = try cursor.literal("a value")
        }
      } while cursor.take(",")
      guard cursor.take(">") else { throw cursor.expected("',' or '>'") }
    }
    let name = try name("the function's name")
    for (open, close) in [("<", ">"), ("(", ")")] as [(Unicode.Scalar, Unicode.Scalar)]
    where open == "(" || cursor.isNext(open) {
      try cursor.expect(open)
      try skip(until: close)
    }
    try cursor.expect("=")
    try cursor.expect(">")
    try cursor.expect("(")
    try skip(until: ")")
    if cursor.take("<") { try skip(until: ">") }
    try cursor.expect("{")
    try skip(until: "}")
    return OperatorID(name: name, domain: domain)
  }

  /// Moves past `close`, and on the way past texts in quotes and brackets of the same kind.
  private mutating func skip(until close: Unicode.Scalar) throws(TesseraError) {
    let opening: [Unicode.Scalar: Unicode.Scalar] = [")": "(", "]": "[", "}": "{", ">": "<"]
    var depth = 1
    while depth > 0 {
      if cursor.isNext("\"") {
        _ = try cursor.quotedString("a quoted text")
      } else if cursor.take(close) {
        depth -= 1
      } else if let open = opening[close], cursor.take(open) {
        depth += 1
      } else if cursor.take("=") {
        // The `>` of `=>` closes nothing.
        _ = cursor.peek() == UInt8(ascii: ">") && cursor.take(">")
      } else if cursor.isAtEnd() {
        throw cursor.expected("'\(close)'")
      } else {
        cursor.advance()
      }
    }
  }
}
