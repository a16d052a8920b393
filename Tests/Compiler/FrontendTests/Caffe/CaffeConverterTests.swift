import Frontend
import GraphIR
import Tensors
import Testing

@Suite struct CaffeConverterTests {
  @Test func layersInPlaceMakeValuesOfTheirOwn() throws {
    let model = try CaffeFixture.model(
      """
      layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv"
        convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
      layers { name: "relu" type: RELU bottom: "conv" top: "conv" }
      layers { name: "pool" type: POOLING bottom: "conv" top: "pool"
        pooling_param { kernel_size: 2 stride: 2 } }
      layers { name: "fc" type: INNER_PRODUCT bottom: "pool" top: "fc"
        inner_product_param { num_output: 5 bias_term: false } }
      layers { name: "drop" type: DROPOUT bottom: "fc" top: "fc" dropout_param { dropout_ratio: 0.5 } }
      layers { name: "prob" type: SOFTMAX bottom: "fc" top: "prob" }
      """)
    #expect(
      CaffeFixture.nodes(model) == [
        "conv: conv = Conv (data)", "relu: relu = Relu (conv)", "pool: pool = MaxPool (relu)",
        "fc_input: fc_input = Flatten (pool)", "fc: fc = Gemm (fc_input)",
        "drop: drop = Dropout (fc)",
        "prob: prob = Softmax (drop)",
      ])
    #expect(model.graph.inputs == ["data", "conv_weight", "conv_bias", "fc_weight"])
    #expect(model.graph.outputs == ["prob"])
    #expect(model.graph.types["data"]?.description == "float[N, 3, 8, 8]")
    #expect(model.graph.types["conv_weight"]?.description == "float[4, 3, 3, 3]")
    #expect(model.graph.types["fc_weight"]?.description == "float[5, 64]")
    #expect(model.metadata.map(\.value) == ["Bgr8"])
  }

  /// A blob that no layer reads is an output, under its own name whoever writes it last.
  @Test func outputsKeepTheNamesOfTheirBlobs() throws {
    let model = try CaffeFixture.model(
      """
      layer { name: "a" type: "ReLU" bottom: "data" top: "fc" }
      layer { name: "b" type: "ReLU" bottom: "fc" top: "fc" }
      layer { name: "b" type: "Dropout" bottom: "fc" top: "fc" }
      layer { name: "s" type: "Softmax" bottom: "data" top: "a" }
      """)
    #expect(
      CaffeFixture.nodes(model) == [
        "a: fc_before_b = Relu (data)", "b: b = Relu (fc_before_b)", "b: fc = Dropout (b)",
        "s: a = Softmax (data)",
      ])
    #expect(model.graph.outputs == ["fc", "a"])
  }

  @Test func inputsKeepTheirNames() throws {
    let model = try CaffeFixture.model(
      "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'data' }")
    #expect(CaffeFixture.nodes(model) == ["r: r = Relu (data)"])
    #expect(model.graph.outputs == ["r"])
  }

  @Test func namesThatAreTakenGetNumbers() throws {
    let model = try CaffeFixture.model(
      """
      layer { name: "f" type: "InnerProduct" bottom: "data" top: "f_weight"
        inner_product_param { num_output: 2 bias_term: false } }
      layer { name: "r" type: "ReLU" bottom: "f_weight" top: "f_weight" }
      layer { name: "r" type: "ReLU" bottom: "f_weight" top: "f_weight" }
      layer { name: "s" type: "Softmax" bottom: "f_weight" top: "s" }
      """)
    #expect(
      CaffeFixture.nodes(model).dropFirst() == [
        "f: f_weight_2 = Gemm (f_input)", "r: r = Relu (f_weight_2)", "r: r_2 = Relu (r)",
        "s: s = Softmax (r_2)",
      ])
    let fc = """
      layer { name: 'f' type: 'InnerProduct' bottom: 'data' top: 'x' inner_product_param { num_output: 2 } }
      """
    #expect(
      CaffeFixture.problems(fc + fc.replacing("'x'", with: "'y'")).lines
        == ["layer 'f' (InnerProduct): its weight 'f_weight' is already a value"])
    #expect(
      CaffeFixture.problems("input: 'f_bias' input_dim: [1, 3, 8, 8]" + fc).lines
        == ["layer 'f' (InnerProduct): its bias 'f_bias' is already a value"])
  }

  @Test func onlyLayersOfThePhaseTestTakePart() throws {
    func layer(_ name: String, _ rules: String) -> String {
      "layer { name: '\(name)' type: 'ReLU' bottom: 'data' top: '\(name)' \(rules) }\n"
    }
    let layers = [
      layer("always", ""), layer("test", "include { phase: TEST }"),
      layer("train", "include { phase: TRAIN }"), layer("not_test", "exclude { phase: TEST }"),
      layer("not_train", "exclude: { phase: TRAIN }"),
      layer("either", "include { phase: TRAIN } include { min_level: -1 max_level: 0 }"),
      layer("level", "include { min_level: 1 }"), layer("stage", "include { stage: 'deploy' }"),
      layer("not_stage", "exclude { not_stage: 'deploy' }"),
    ].joined()
    #expect(
      try CaffeFixture.model(layers).graph.outputs == ["always", "test", "not_train", "either"])
    #expect(
      try CaffeFixture.model("state { level: 1 stage: 'deploy' } " + layers).graph.outputs
        == ["always", "test", "not_train", "level", "stage", "not_stage"])
  }

  @Test(arguments: [
    ("input: 'x' input_shape { dim: 2 dim: 3 }", ["x": "float[2, 3]"]),
    (
      "layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: [7, 1, 2, 3] } } }",
      ["x": "float[N, 1, 2, 3]"]
    ),
    (
      "input: 'x' input: 'y' input_dim: [1, 2, 3, 4, 1, 2, 3, 5]",
      ["x": "float[N, 2, 3, 4]", "y": "float[N, 2, 3, 5]"]
    ),
    (
      "layer { type: 'Input' top: 'x' top: 'y' input_param { shape { dim: 4 } shape { dim: 2 } } }",
      ["x": "float[4]", "y": "float[2]"]
    ),
  ])
  func readsAllFormsOfInputs(text: String, types: [String: String]) throws {
    let model = try CaffeFixture.read(
      text + " layer { name: 'r' type: 'ReLU' bottom: 'x' top: 'z' }")
    #expect(model.graph.inputs == types.keys.sorted())
    for (name, type) in types { #expect(model.graph.types[name]?.description == type) }
  }

  @Test(arguments: [
    (
      "input: 'x' input_dim: [1, 2, 3]",
      "expected 4 numbers 'input_dim' for each of 1 fields 'input', found 3"
    ),
    ("input: 'x'", "expected 'input_shape' once for each of 1 fields 'input', found 0"),
    (
      "input: 'x' input_shape { dim: 0 }",
      "value 'x': expected a shape of positive extents, found [0]"
    ),
    (
      "input: 'x' input_shape { dim: 9223372036854775807 }",
      "value 'x': expected a shape of positive extents, found [9223372036854775807]"
    ),
    (
      "layer { name: 'i' type: 'Input' top: 'x' }",
      "layer 'i' (Input): expected one 'shape' in 'input_param', or one for each of 1 tops, found 0"
    ),
  ])
  func refusesInputsWithoutAShape(text: String, expected: String) {
    #expect(throws: TesseraError.self) {
      do throws(TesseraError) {
        _ = try CaffeFixture.read(text + " layer { name: 'r' type: 'ReLU' bottom: 'x' top: 'y' }")
      } catch {
        #expect(error.description == expected)
        throw error
      }
    }
  }

  @Test func listsAllUnsupportedTypes() {
    let found = CaffeFixture.problems(
      """
      layer { name: "a" type: "TanH" bottom: "data" top: "a" }
      layer { name: "b" type: "ReLU" bottom: "a" top: "b" }
      layer { name: "c" type: "BatchNorm" bottom: "b" top: "c" }
      layer { name: "d" type: "RELU" bottom: "c" top: "d" }
      layer { name: "e" type: "TanH" bottom: "d" top: "e" }
      """)
    #expect(found.kind == .unsupported)
    #expect(
      found.lines == [
        "layers of the type 'TanH' are not supported: layers 'a', 'e'",
        "layers of the type 'BatchNorm' are not supported: layer 'c'",
        "the type 'RELU' is called 'ReLU' in this form of layers: layer 'd'",
      ])
  }

  @Test func reportsWhatDoesNotFitTogether() {
    let found = CaffeFixture.problems(
      """
      layer { name: "a" type: "ReLU" bottom: "nobody" top: "a" }
      layer { name: "b" type: "ReLU" bottom: "data" top: "a" }
      """)
    #expect(found.kind == .invalidInput)
    #expect(
      found.lines == [
        "layer 'a' (ReLU): its bottom 'nobody' is made by no layer before it",
        "layer 'b' (ReLU): its top 'a' is made twice",
      ])
  }

  @Test(arguments: [
    ("layer { layer { } }", "LayerParameter has no field 'layer'"),
    ("layers { layer { name: 'c' type: 'conv' } }", "the oldest form of layers"),
    ("layer { type: 'ReLU' } layers { type: RELU }", "found both 'layers' and 'layer'"),
    (
      "layer { name: 'r' bottom: 'data' top: 'r' }",
      "expected a type of each layer, found none: layer 'r'"
    ),
    ("", "the network has no layers"),
  ])
  func refusesOtherForms(layers: String, expected: String) {
    #expect(CaffeFixture.problems(layers).lines.first?.contains(expected) == true)
  }
}
