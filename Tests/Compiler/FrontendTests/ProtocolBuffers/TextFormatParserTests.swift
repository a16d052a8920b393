import GraphIR
import Tensors
import Testing

private func message(reading text: String) -> String? {
  do throws(TesseraError) {
    _ = try CaffeFixture.read(text)
    return nil
  } catch {
    return error.description
  }
}

private func channels(_ parameters: String) throws -> Int? {
  let model = try CaffeFixture.model(
    "layer { type: 'Convolution' name: 'c' bottom: 'data' top: 'c' convolution_param \(parameters) }"
  )
  return model.graph.types["c_weight"]?.dimensions?[0].value
}

@Suite struct TextFormatParserTests {
  @Test(arguments: [
    "{ num_output: 12 kernel_size: 3 }", ": { num_output: 12, kernel_size: [3, 3]; }",
    "< num_output : 0xC kernel_size: 3 kernel_size: 3 >",
    ":<num_output:014 kernel_size:3 bias_term:t>",
    "{ # twelve }\n num_output: 12 kernel_size: 3 weight_filler { type: 'a' std: -1e-3f x < y: [1, {}] > } }",
  ])
  func readsAllFormsOfFields(parameters: String) throws {
    #expect(try channels(parameters) == 12)
  }

  @Test(arguments: [
    ("'a' \"b\"", "ab"), ("'\\x41\\101\\n\\\\\\''", "AA\n\\'"), ("'\\u00e9\\U0001F600é'", "é😀é"),
  ])
  func readsEscapesAndJoinsTexts(literal: String, expected: String) throws {
    let model = try CaffeFixture.read(
      "name: \(literal) input: 'x' input_shape { dim: 1 } layer { type: 'ReLU' bottom: 'x' top: 'y' }"
    )
    #expect(model.graph.name == expected)
  }

  @Test(arguments: [
    (
      "name: 'n' leyer { }",
      "line 1, column 11: NetParameter has no field 'leyer'; did you mean 'layer'?"
    ),
    ("name: 'n'\n layer {\n  name 'c' }", "line 3, column 8: expected ':' after 'name', found '''"),
    ("name: n", "line 1, column 7: expected a quoted text, found 'n'"),
    ("name: 'n", "line 1, column 7: the quoted text has no closing quote on its line"),
    ("name: '\\q'", "line 1, column 8: there is no escape '\\q'"),
    ("name: '\\x'", "line 1, column 8: the escape after '\\' is malformed"),
    ("name: '\\777'", "line 1, column 8: the escape after '\\' is malformed"),
    ("name: '\\xff'", "line 1, column 7: the quoted text is not UTF-8 text without NUL"),
    ("name: 'a' name: 'b'", "line 1, column 11: 'name' of NetParameter is given twice"),
    (
      "input_dim: -2147483649",
      "line 1, column 12: expected a whole number from -2147483648 to 2147483647, found '-'"
    ),
    (
      "input_dim: 1.5",
      "line 1, column 12: expected a whole number from -2147483648 to 2147483647, found '1'"
    ),
    ("input_dim: [1, 2", "line 1, column 17: expected ']', found the end of the text"),
    (
      "input_dim: [1, ]",
      "line 1, column 16: expected a whole number from -2147483648 to 2147483647, found ']'"
    ),
    ("force_backward: yes", "line 1, column 17: expected true or false, found 'yes'"),
    ("name: 'a' layer 3", "line 1, column 17: expected '{' after 'layer', found '3'"),
    (
      "layer { name: 'a'",
      "line 1, column 18: expected a field of LayerParameter or '}', found the end of the text"
    ),
    ("layer { }}", "line 1, column 10: expected a field of NetParameter, found '}'"),
    (
      "layers { type: POOLINGS }",
      "line 1, column 16: expected a value of LayerType such as POOLING, found 'POOLINGS'"
    ),
    (
      "layers { type: \"POOLING\" }", "line 1, column 16: expected a value of LayerType, found '\"'"
    ),
    ("state { phase: TESTING }", "line 1, column 16: expected TRAIN or TEST, found 'TESTING'"),
    ("layer { data_param { a } }", "line 1, column 24: expected ':' or '{' after 'a', found '}'"),
    ("layer { data_param { a: } }", "line 1, column 25: expected a value of 'a', found '}'"),
    (
      "layer { blobs { data_offset: 1 } }",
      "line 1, column 17: BlobProto has no field 'data_offset'"
    ),
  ])
  func locatesTheFirstProblem(text: String, expected: String) {
    #expect(message(reading: text) == expected)
  }

  @Test func refusesDeepNesting() {
    let text = "layer { data_param " + String(repeating: "{ a ", count: 5000)
    #expect(message(reading: text)?.contains("nest more than 100 deep") == true)
  }
}
