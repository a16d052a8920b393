import GraphIR
import Tensors
import Testing

private let header = "<ir_version: 10, opset_import: [\"\" : 21]>\n"

private func failure(reading text: String) -> TesseraError? {
  do {
    _ = try Model(onnxText: text)
    return nil
  } catch {
    return error
  }
}

@Suite struct TextErrorTests {
  /// What follows the header, and the message with its place (the text starts on line 2).
  @Test(arguments: [
    ("", "line 2, column 1: expected the graph's name, found the end of the text"),
    (
      "g (float[2] x,) => (x) {}", "line 2, column 15: expected a type or a value's name, found ')'"
    ),
    ("g (float[2] x => (x) {}", "line 2, column 15: expected ',' or ')', found '='"),
    ("g () = () {}", "line 2, column 8: expected '=>', found '('"),
    ("g (flot[2] x) => (x) {}", "line 2, column 8: expected ',' or ')', found '['"),
    (
      "g (float[-2] x) => (x) {}",
      "line 2, column 10: expected a dimension of at least 0, or -1 for an unknown one, found -2"
    ),
    ("g () => () {} <a: [1]> f", "line 2, column 19: expected a value, found '['"),
    (
      "g () => () {} f (x) => (y) { y = Op (x)",
      "line 2, column 40: expected '}', found the end of the text"
    ),
    ("g () => () {\n y = Op (x }", "line 3, column 12: expected ',' or ')', found '}'"),
    ("g () => () {\n y }", "line 3, column 4: expected ',' or '=', found '}'"),
    (
      "g () => () { y = Op <a = +1> () }",
      "line 2, column 26: expected an attribute's value, found '+'"
    ),
    ("g () => () { y = Op <a = 1x> () }", "line 2, column 26: '1x' is not a number"),
    (
      "g () => () { y = Op <a = 1e> () }",
      "line 2, column 28: expected the digits of an exponent, found '>'"
    ),
    ("g () => () { y = Op <a = 1e99> () }", "line 2, column 26: 1e99 is too large for its type"),
    (
      "g () => () { y = Op <a = 99999999999999999999> () }",
      "line 2, column 26: 99999999999999999999 does not fit a 64-bit integer"
    ),
    (
      "g () => () { y = Op <a = [1, 2.5]> () }",
      "line 2, column 30: expected a value of type 'int', found 'float'"
    ),
    (
      "g () => () { y = Op <a = []> () }",
      "line 2, column 26: the type of the empty list is not known: write 'a: ints = []'"
    ),
    ("g () => () { y = Op <a = 1, a = 2> () }", "line 2, column 29: attribute 'a' is given twice"),
    ("g () => () { y = Op <a: itn = 1> () }", "line 2, column 25: 'itn' is not an attribute type"),
    (
      "g () => () { y = Op <a = \"b> () }", "line 2, column 26: the quoted text has no closing '\"'"
    ),
    ("g () => () { \u{E9} }", "line 2, column 14: expected a node or '}', found '\u{E9}'"),
    (
      "g () => () <float[3] w = {1, 2}> { }",
      "line 2, column 27: a tensor of 3 has 3 elements, found 2"
    ),
    (
      "g () => () <float[N] w = {1}> { }",
      "line 2, column 13: expected a type with all dimensions known, found float[N]"
    ),
    (
      "g () => () <int8 w = {300}> { }",
      "line 2, column 23: an element of 'int8': expected -128 to 127, found 300"
    ),
    ("g () => () <bool w = {2}> { }", "line 2, column 23: expected 0 or 1, found 2"),
    (
      "g () => () <float[1000000000000] w = {1}> { }",
      "line 2, column 39: a tensor of 1000000000000 has 1000000000000 elements, found 1"
    ),
    (
      "g () => () <float w = [\"offset\": \"0\"]> { }",
      "line 2, column 23: external data has no location"
    ),
    ("g () => () {} }", "line 2, column 15: expected the end of the text, found '}'"),
  ])
  func isLocatedAndSaysWhatWasExpected(text: String, message: String) throws {
    let error = try #require(failure(reading: header + text))
    #expect(error.description == message)
    #expect(error.kind == .invalidInput)
  }

  @Test(arguments: [
    (
      "g () => () {}",
      "line 1, column 1: expected the model's header '< ir_version: …, opset_import: […] >', found 'g'"
    ),
    (
      "<ir_version: 10> g () => () {}", "line 1, column 1: the model's header has no 'opset_import'"
    ),
    (
      "<ir_version: 10, ir_version: 10> g () => () {}",
      "line 1, column 18: 'ir_version' is given twice"
    ),
    ("<foo: 1> g () => () {}", "line 1, column 2: 'foo' is not a header key"),
    (
      "<ir_version: 10, opset_import: [\"\" : 0]> g () => () {}",
      "line 1, column 37: expected a positive operator set version, found 0"
    ),
  ])
  func inTheHeader(text: String, message: String) throws {
    #expect(try #require(failure(reading: text)).description == message)
  }

  /// Those of parts that the outputs do not need do not matter.
  @Test func listsAllUnsupportedFeatures() throws {
    let error = try #require(
      failure(
        reading: header + """
          g (seq(map(int64, float[N])) s, float8e4m3fn[2] q, float[-3] t) => (s, q, y, z)
          < string[2] names = {"a", "b"}, string[2] unused = {"a", "b"} >
          {
            y = Relu (s, t) <then_branch = t () => (float z) { z = Op <v = float[1] {1}> () }>
            z = Relu:over <p = float[2], ts: tensors = [float {1}]> (y, names)
            a, b = d.f (x, unused)
            c = Op (a) <then_branch = t () => () { }>
            v = d.f (z)
          }
          <domain: "d"> f (x) => (y) { y = Op (x) }
          """))
    #expect(error.kind == .unsupported)
    #expect(
      error.description == """
        line 2, column 4: values of type 'seq' are not supported
        line 2, column 33: tensors of 'float8e4m3fn' are not supported
        line 2, column 58: expected a dimension of at least 0, or -1 for an unknown one, found -3
        line 3, column 3: tensors of 'string' are not supported
        line 5, column 34: attributes that are graphs are not supported
        line 6, column 11: operators with an overload are not supported
        line 6, column 22: attributes that are types are not supported
        line 6, column 46: attributes that are lists of 'tensor' are not supported
        """)
  }

  @Test func listsAllStructuralProblems() throws {
    let error = try #require(
      failure(
        reading: header + """
          g (x, float[2] w) => (nowhere, early, b, x)
          < float[2] w = {1, 2} >
          {
            early = Relu (b)
            b = Relu (missing)
            b = Relu (w)
            c = other.Op (b, gone)
            d = other.Op (c)
          }
          """))
    #expect(
      error.description == """
        value 'x': the graph input has no type
        node 'early' (Relu): input 'b' is used before the node that makes it: nodes must be in \
        topological order
        node 'b' (Relu): input 'missing' is not defined
        node 'b' (Relu): output 'b' is defined twice
        value 'nowhere': the graph output is not defined
        """)
  }

  @Test(arguments: ["seq(", "g () => () { y = Op <a = ", "optional("])
  func refusesDeepNesting(opening: String) throws {
    let text =
      opening.hasPrefix("g")
      ? header + String(repeating: opening, count: 100_000)
      : header + "g (" + String(repeating: opening, count: 100_000)
    let error = try #require(failure(reading: text))
    #expect(error.description.hasSuffix("nested deeper than 32 levels"))
  }
}
