import Frontend
import GraphIR
import Tensors
import Testing

/// What one layer on the input `data`, [N, 3, 8, 8], becomes: ONNX text of its node.
private func node(_ type: String, _ parameters: String, bottoms: Int = 1) throws -> String {
  let bottom = String(repeating: "bottom: 'data' ", count: bottoms)
  let model = try CaffeFixture.model(
    "layer { name: 'y' type: '\(type)' \(bottom) top: 'y' \(parameters) }")
  let lines = model.onnxText().split(separator: "\n").filter {
    $0.contains(" = ") && $0.contains("[y")
  }
  return lines.map { $0.trimmingPrefix(while: { $0 == " " }) }.joined(separator: "; ")
}

@Suite struct CaffeLayerTypesTests {
  @Test(arguments: [
    ("ReLU", "", "[y] y = Relu (data)"),
    ("Dropout", "dropout_param { dropout_ratio: 0.5 }", "[y] y = Dropout (data)"),
    ("Softmax", "", "[y] y = Softmax <axis = 1> (data)"),
    ("Softmax", "softmax_param { axis: -1 }", "[y] y = Softmax <axis = 3> (data)"),
    ("LRN", "", "[y] y = LRN <alpha = 1.0, beta = 0.75, bias = 1.0, size = 5> (data)"),
    (
      "LRN", "lrn_param { local_size: 3 alpha: 0.5 beta: 2 k: 4 }",
      "[y] y = LRN <alpha = 0.5, beta = 2.0, bias = 4.0, size = 3> (data)"
    ),
    (
      "Convolution", "convolution_param { num_output: 6 kernel_size: 3 }",
      "[y] y = Conv <kernel_shape = [3, 3]> (data, y_weight, y_bias)"
    ),
    (
      "Convolution",
      "convolution_param { num_output: 6 kernel_h: 3 kernel_w: 2 stride: [2, 1] pad_w: 1 dilation: 2 group: 3 bias_term: false }",
      "[y] y = Conv <dilations = [2, 2], group = 3, kernel_shape = [3, 2], pads = [0, 1, 0, 1], "
        + "strides = [2, 1]> (data, y_weight)"
    ),
    (
      "Pooling", "pooling_param { kernel_size: 3 stride: 2 }",
      "[y] y = MaxPool <ceil_mode = 1, kernel_shape = [3, 3], strides = [2, 2]> (data)"
    ),
    (
      "Pooling", "pooling_param { kernel_size: 3 stride: 2 pad: 1 }",
      "[y] y = MaxPool <ceil_mode = 1, kernel_shape = [3, 3], pads = [1, 1, 1, 1], "
        + "strides = [2, 2]> (data)"
    ),
    (
      "Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }",
      "[y] y = AveragePool <ceil_mode = 1, count_include_pad = 1, kernel_shape = [3, 3], "
        + "pads = [1, 1, 1, 1], strides = [2, 2]> (data)"
    ),
    (
      "Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 2 round_mode: FLOOR }",
      "[y] y = AveragePool <kernel_shape = [3, 3], strides = [2, 2]> (data)"
    ),
    (
      "Pooling", "pooling_param { pool: AVE global_pooling: true }",
      "[y] y = GlobalAveragePool (data)"
    ),
    ("Pooling", "pooling_param { global_pooling: true }", "[y] y = GlobalMaxPool (data)"),
    (
      "Pooling", "pooling_param { kernel_size: 9 stride: 2 }",
      "[y] y = MaxPool <ceil_mode = 1, kernel_shape = [9, 9], strides = [2, 2]> (data)"
    ),
    (
      "InnerProduct", "inner_product_param { num_output: 2 transpose: true }",
      "[y_input] y_input = Flatten <axis = 1> (data); [y] y = Gemm (y_input, y_weight, y_bias)"
    ),
    ("Flatten", "", "[y] y = Flatten <axis = 1> (data)"),
    ("Flatten", "flatten_param { axis: -2 }", "[y] y = Reshape (data, y_shape)"),
    (
      "Flatten", "flatten_param { end_axis: 2 }",
      "[y_extents] y_extents = Shape <end = 4, start = 3> (data); [y_shape_2] y_shape_2 = Concat "
        + "<axis = 0> (y_shape, y_extents); [y] y = Reshape (data, y_shape_2)"
    ),
    ("Split", "", "[y] y = Identity (data)"),
  ])
  func becomeOperators(type: String, parameters: String, expected: String) throws {
    #expect(try node(type, parameters) == expected)
  }

  /// The numbers of a file hold at its own size; a graph that is opened to others keeps none of them.
  @Test(arguments: [
    ("Flatten", "flatten_param { axis: 0 end_axis: 1 }", "float[15, 4, 5]"),
    ("Flatten", "flatten_param { axis: 1 end_axis: 2 }", "float[5, 12, 5]"),
    (
      "InnerProduct", "inner_product_param { num_output: 6 axis: 3 bias_term: false }",
      "float[5, 3, 4, 6]"
    ),
  ]) func shapesFollowTheInput(type: String, parameters: String, expected: String) throws {
    var graph = try CaffeFixture.read(
      """
      input: 'x' input_dim: [2, 3, 8, 5]
      layer { name: 'y' type: '\(type)' bottom: 'x' top: 'y' \(parameters) }
      """
    ).graph
    graph.keepTypesOfInputs()
    graph.types["x"] = TensorType(.float32, [.fixed(5), .fixed(3), .fixed(4), .fixed(5)])
    try graph.inferTypes(opsetVersion: 21)
    #expect(graph.types["y"]?.description == expected)
  }

  @Test func sumsAndProductsAreChains() throws {
    #expect(
      try node("Eltwise", "eltwise_param { coeff: 1 coeff: 1 coeff: 1 }", bottoms: 3)
        == "[y_1] y_1 = Add (data, data); [y] y = Add (y_1, data)")
    #expect(
      try node("Eltwise", "eltwise_param { operation: PROD }", bottoms: 2)
        == "[y] y = Mul (data, data)")
    #expect(
      try node("Concat", "concat_param { concat_dim: 2 }", bottoms: 2)
        == "[y] y = Concat <axis = 2> (data, data)")
  }

  @Test(arguments: [
    (
      "ReLU", "relu_param { negative_slope: 0.5 }", TesseraError.Kind.unsupported,
      "negative_slope is 0.5"
    ),
    ("ReLU", "top: 'z'", .unsupported, "it has 2 tops, expected 1"),
    ("LRN", "lrn_param { norm_region: WITHIN_CHANNEL }", .unsupported, "within channels"),
    ("LRN", "lrn_param { local_size: 4 }", .invalidInput, "expected an odd number"),
    ("Softmax", "softmax_param { axis: 4 }", .invalidInput, "its axis is 4"),
    ("Convolution", "", .invalidInput, "it has no 'kernel_size'"),
    ("Convolution", "convolution_param { kernel_size: 3 }", .invalidInput, "num_output is 0"),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_size: 3 group: 2 }", .invalidInput,
      "do not divide 3 channels"
    ),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_size: [3, 3, 3] }", .unsupported,
      "has 3 numbers"
    ),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_h: 3 }", .invalidInput,
      "found one of them"
    ),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_size: 3 kernel_h: 3 }",
      .invalidInput, "it has both"
    ),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_size: 3 stride: 0 }", .invalidInput,
      "expected 1 to 16777216"
    ),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_size: 9 }", .invalidInput,
      "its window spans 9 rows"
    ),
    (
      "Convolution", "convolution_param { num_output: 4 kernel_size: 3 axis: 2 }", .unsupported,
      "only axis 1"
    ),
    (
      "Convolution", "convolution_param { num_output: 4294967295 kernel_size: 16777216 }",
      .invalidInput, "too large"
    ),
    ("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }", .unsupported, "stochastic"),
    (
      "Pooling", "pooling_param { kernel_size: 2 pad: 2 }", .invalidInput,
      "is not smaller than its kernel"
    ),
    (
      "Pooling", "pooling_param { kernel_size: 2 global_pooling: true }", .invalidInput,
      "both 'global_pooling'"
    ),
    (
      "Pooling", "pooling_param { kernel_size: 9 round_mode: FLOOR }", .invalidInput,
      "larger than the padded image"
    ),
    (
      "Pooling", "pooling_param { kernel_size: 1 stride: 5 }", .unsupported, "lies beyond the image"
    ),
    ("InnerProduct", "", .unsupported, "num_output is 0"),
    (
      "InnerProduct", "inner_product_param { num_output: 2 axis: 0 }", .unsupported, "fix no matrix"
    ),
    ("Flatten", "flatten_param { axis: 3 end_axis: 2 }", .invalidInput, "comes after its end_axis"),
    ("Eltwise", "", .unsupported, "it has 1 bottoms, expected at least 2"),
  ])
  func refuseWhatTheyCannotCompute(
    type: String, parameters: String, kind: TesseraError.Kind, expected: String
  ) {
    let found = CaffeFixture.problems(
      "layer { name: 'y' type: '\(type)' bottom: 'data' top: 'y' \(parameters) }")
    #expect(found.kind == kind)
    #expect(found.lines.count == 1 && found.lines[0].contains(expected), "\(found.lines)")
  }
}
