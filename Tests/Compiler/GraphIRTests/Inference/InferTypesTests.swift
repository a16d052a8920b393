import Foundation
import Tensors
import TestSupport
import Testing

@testable import GraphIR

@Suite struct InferTypesTests {
  /// More than the onnx package finds: symbols and runtime extents survive shape arithmetic.
  @Test(arguments: [
    (
      """
      s = Shape (x) g = Gather (s, zero) u = Unsqueeze (g, axis) t = Concat <axis=0> (u, rest)
      y = Reshape (x, t)
      """, "float[N, 25088]"
    ),
    (
      "s = Shape <start=0, end=1> (x) t = Concat <axis=0> (s, rest) y = Reshape (x, t)",
      "float[N, 25088]"
    ),
    (
      """
      s = Shape (x) c = Cast <to=7> (s) p = Slice (c, axis, two) t = Concat <axis=0> (p, rest)
      y = Reshape (x, t)
      """, "float[N, 512, 49]"
    ),
    ("y = Reshape (x, flat)", "float[N, 25088]"),
    ("y = AveragePool <kernel_shape=[3,3], pads=[1,1,1,1]> (image)", "float[N, 3, H, W]"),
    ("y = MaxPool <kernel_shape=[2,2], strides=[2,2]> (image)", "float[N, 3, ?, ?]"),
    ("s = Shape (x) y = ConstantOfShape (s)", "float[N, 512, 7, 7]"),
    ("y = Slice (x, axis, end, axis)", "float[N, 512, 7, 7]"),
    ("y = Reshape (x, single)", "float[1, 25088]"),
    ("a = Flatten (image) y = Softmax (a)", "float[N, ?]"),
  ]) func keepsSymbols(nodes: String, expected: String) throws {
    let graph = TextGraph(
      nodes, inputs: "float[N,512,7,7] x, float[N,3,H,W] image",
      constants: """
        int64 zero = {0}, int64[1] axis = {0}, int64[1] two = {2}, int64[1] rest = {-1},
        int64[2] flat = {-1, 25088}, int64[2] single = {1, 25088}, int64[1] end = {9223372036854775807}
        """)
    #expect(try graph.type() == expected)
  }

  @Test func reportsAllProblemsAtOnce() throws {
    var graph = TextGraph(
      """
      [first] a = Conv <strides=[1]> (x, w)
      [second] b = Frobnicate (x)
      [third] c = Relu (a)
      [fourth] d = Flatten <axis=9> (x)
      [fifth] e = Relu <slope=1.0> (x)
      [sixth] f = Add (c, b)
      [seventh] g = MaxPool <kernel_shape=[9,9]> (x)
      """, inputs: "float[1,3,8,8] x, float[4,3,3,3] w")
    graph.outputs = "d, e, f, g"
    #expect(
      try graph.errors() == [
        "the operator 'Frobnicate' is not supported: node 'second'",
        "node 'first' (Conv): the attribute 'strides' is [1], expected 2 values in 1...16777216",
        "node 'fourth' (Flatten): the axis 9 lies outside -4...4, as its input has rank 4",
        "node 'fifth' (Relu): it has no attribute 'slope' in this opset version",
        "node 'seventh' (MaxPool): its window spans 9 rows, but the padded input has only 8",
      ])
    var parsed = try graph.parsed()
    #expect { try parsed.inferTypes(opsetVersion: 21) } throws: {
      ($0 as? TesseraError)?.kind == .unsupported
    }
  }

  @Test(arguments: [
    ("y = BatchNormalization <training_mode=1> (x, s, s, s, s)", 15),
    ("y = BatchNormalization <spatial=0> (x, s, s, s, s)", 7),
    ("y, m, v = BatchNormalization (x, s, s, s, s)", 9),
    ("y, i = MaxPool <kernel_shape=[2,2]> (x)", 12),
    ("y = Dropout (x, r, on)", 13),
    ("y = Conv (line, w3)", 13),
    ("y = MaxPool <kernel_shape=[2,2,2]> (x)", 13),
    ("y = AveragePool <kernel_shape=[2,2], pads=[2,0,0,0]> (x)", 13),
    ("y = MaxPool <kernel_shape=[1,1], pads=[0,0,0,1]> (x)", 13),
    ("y = MaxPool <kernel_shape=[2,2]> (bytes)", 13),
    ("y = Cast <to=8> (x)", 13),
    ("y = Constant <value_string=\"a\"> ()", 13),
  ]) func refusesWhatIsNotSupported(nodes: String, opset: Int) throws {
    let text = TextGraph(
      nodes,
      inputs:
        "float[1,3,8,8] x, float[3] s, float[1,3,8] line, float[4,3,3] w3, uint8[1,3,8,8] bytes",
      constants: "float r = {0.5}, bool on = {1}", opset: opset)
    var graph = try text.parsed()
    #expect { try graph.inferTypes(opsetVersion: opset) } throws: {
      ($0 as? TesseraError)?.kind == .unsupported
    }
  }

  /// Each form belongs to its opset versions.
  @Test(arguments: [
    ("y = Squeeze <axes=[0]> (x)", 13), ("y = Squeeze (x, i)", 11),
    ("y = Clip <min=0.0> (x)", 11), ("y = Clip (x, f)", 10), ("y = Slice (x, i, i)", 9),
    ("y = Slice <starts=[0], ends=[1]> (x)", 10), ("y = Pad (x, i)", 10),
    ("y = Reshape <allowzero=1> (x, i)", 13), ("y = ConstantOfShape (i)", 8),
    ("y = Shape <start=1> (x)", 13), ("y = Dropout <ratio=0.5> (x)", 12),
    ("y = MaxPool <kernel_shape=[2,2], ceil_mode=1> (x)", 9), ("y = Gemm (m, m)", 10),
    ("y = Pad <mode=\"wrap\"> (x, p)", 18), ("y = Constant <value_int=1> ()", 11),
  ]) func refusesFormsOfOtherVersions(nodes: String, opset: Int) throws {
    let graph = TextGraph(
      nodes, inputs: "float[1,3,8,8] x, float f, float[2,2] m",
      constants: "int64[1] i = {1}, int64[8] p = {0, 0, 1, 1, 0, 0, 1, 1}", opset: opset)
    #expect(try !graph.errors().isEmpty)
  }

  @Test(arguments: [-1, 0, 6, 29, 1000]) func refusesOtherOpsets(version: Int) throws {
    var graph = try TextGraph("y = Relu (x)", inputs: "float[2] x").parsed()
    let error = #expect(throws: TesseraError.self) { try graph.inferTypes(opsetVersion: version) }
    #expect(error?.kind == .unsupported)
    #expect(error?.diagnostics.count == 1)
  }

  /// What a symbol would have to be is known, and wrong, only once it is bound.
  @Test func contradictionsOfSymbolsAreFoundWhenTheyAreBound() throws {
    let text = TextGraph(
      "[r] y = Reshape (x, s)", inputs: "float[N,16,4,4] x", constants: "int64[2] s = {1, 256}")
    let graph = try text.inferred()
    for batch in [1, 2] {
      var bound = graph
      try bound.bindDimensions(["x": [batch, 16, 4, 4]])
      let result = Result { try bound.inferTypes(opsetVersion: 21) }
      guard batch > 1 else {
        try result.get()
        #expect(bound.types["y"]?.description == "float[1, 256]")
        continue
      }
      let error = #expect(throws: TesseraError.self) { try result.get() }
      #expect(
        error?.description
          == "node 'r' (Reshape): its input float[2, 16, 4, 4] does not fit into [1, 256]")
    }
  }

  @Test func refusesTypesThatContradict() throws {
    var graph = try TextGraph("y = Relu (x)", inputs: "float[N,3] x").parsed()
    graph.outputs = ["y"]
    graph.types["y"] = TensorType(.float32, [.symbol("N"), .fixed(4)])
    let error = #expect(throws: TesseraError.self) { try graph.inferTypes(opsetVersion: 21) }
    #expect(
      error?.description
        == "node 'y' (Relu): its result 'y' is declared as float[N, 4], but is float[N, 3]")
  }

  @Test func checksStructure() throws {
    var graph = Graph(
      name: "g", inputs: ["x"], outputs: ["lost", "a"],
      nodes: [
        Node("Relu", name: "early", inputs: ["b"], outputs: ["a"]),
        Node("Relu", name: "twice", inputs: ["x"], outputs: ["a"]),
        Node("Relu", name: "late", inputs: ["x"], outputs: ["b"]),
      ], types: ["x": TensorType(.float32, [.fixed(2)])])
    let error = #expect(throws: TesseraError.self) { try graph.inferTypes(opsetVersion: 21) }
    #expect(error?.kind == .invalidInput)
    #expect(error?.diagnostics.count == 3)
  }

  @Test(arguments: [
    (
      "y = Conv (x, w)",
      "its input has 3 channels, but its weights float[4, 2, 3, 3] expect 2 in each of 1 group"
    ),
    ("y = Conv <group=3> (x, v)", "its weights float[4, 1, 3, 3] do not divide into 3 groups"),
    (
      "y = Conv <kernel_shape=[5,5]> (x, u)",
      "the attribute 'kernel_shape' is [5, 5], but its weights are float[4, 3, 3, 3]"
    ),
    ("y = Conv (x, u, x)", "its bias must be a vector of 4 elements, but is float[1, 3, 8, 8]"),
    ("y = LRN (x)", "the attribute 'size' is missing"),
    ("y = LRN <size=1.5> (x)", "the attribute 'size' must be an int, but is a float"),
    ("y = Add (x, i)", "its input holds float elements, but its second input int64 elements"),
  ]) func saysWhatIsWrong(nodes: String, message: String) throws {
    let graph = TextGraph(
      nodes,
      inputs: """
        float[1,3,8,8] x, float[4,2,3,3] w, float[4,1,3,3] v, float[4,3,3,3] u, int64[1] i
        """)
    let place = nodes.contains("Conv") ? "Conv" : nodes.contains("LRN") ? "LRN" : "Add"
    #expect(try graph.errors() == ["node 'y' (\(place)): \(message)"])
  }

  @Test func refusesHugeValues() throws {
    let graph = TextGraph(
      "y = ConstantOfShape (s)", constants: "int64[2] s = {1099511627776, 2}")
    #expect(try graph.errors().count == 1)
  }

  @Test func findsConstantResultsOfShapeArithmetic() throws {
    let graph = try TextGraph(
      "s = Shape (x) y = Gather (s, one)", inputs: "float[N,3,8,8] x",
      constants: "int64 one = {1}"
    ).inferred()
    #expect(graph.inferredTensor("s") == nil)
    let tensor = try #require(graph.inferredTensor("y"))
    #expect(tensor.values(as: Int64.self) == [3])
    #expect(tensor.shape.rank == 0)
  }

  @Test(arguments: ["a", "a-lrn", "b", "c", "d", "e"]) func infersVGG(name: String) throws {
    let path = URL(filePath: projectPath("Graphs/vgg-\(name).onnxtxt"))
    var model = try Model(onnxText: String(contentsOf: path, encoding: .utf8))
    try model.graph.inferTypes(opsetVersion: model.opsetVersion)
    let output = try #require(model.graph.outputs.first)
    #expect(model.graph.types[output]?.description == "float[N, 1000]")
    try model.graph.bindDimensions(["data": [8, 3, 224, 224]])
    try model.graph.inferTypes(opsetVersion: model.opsetVersion)
    #expect(model.graph.nodes.flatMap(\.outputs).allSatisfy { model.graph.types[$0]?.shape != nil })
  }
}
