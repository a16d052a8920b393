import GraphIR
import Tensors
import Testing

private let header = "<ir_version: 10, opset_import: [\"\" : 21, \"my.domain\" : 1]>\n"

/// A model with one node, `y = <node>`, on the input `x`.
private func node(_ text: String) throws -> Node {
  let model = try Model(
    onnxText: header + "g (float[N] x, float[2] \"a/b\") => (float[N] y) { \(text) }")
  return try #require(model.graph.nodes.first)
}

private func value(_ text: String) throws -> Attribute? {
  try node("y = Op <a\(text)> (x)").attributes["a"]
}

@Suite struct TextParserTests {
  @Test func readsTheHeaderInAnyOrder() throws {
    let model = try Model(
      onnxText: """
        # a comment before the model
        < opset_import: ["" : 21, "ai.onnx.ml":3], ir_version : 10, producer_name: "a \\"b\\" \\\\ c",
          producer_version: "2", domain: "d", model_version: -3, doc_string: "two
        lines", metadata_props: ["k" : "v", "k2": ""] > # and one here
        g () => () { }
        """)
    #expect(model.opsetVersions == ["": 21, "ai.onnx.ml": 3])
    #expect(model.irVersion == 10)
    #expect(model.producerName == "a \"b\" \\ c")
    #expect(model.producerVersion == "2")
    #expect(model.domain == "d")
    #expect(model.modelVersion == -3)
    #expect(model.docString == "two\nlines")
    #expect(model.metadata.map(\.key) == ["k", "k2"])
    #expect(model.metadata.map(\.value) == ["v", ""])
  }

  @Test func readsTypesOfAllRanks() throws {
    let graph = try Model(
      onnxText: header
        + "\"my graph\" (float[N, 3 ,?,\"s+1\"] a, double[] b, int64 c, bool[0] \"d/e\") => (a) {}"
    ).graph
    #expect(graph.name == "my graph")
    #expect(graph.inputs == ["a", "b", "c", "d/e"])
    #expect(
      graph.types["a"]
        == TensorType(.float32, [.symbol("N"), .fixed(3), .unknown, .symbol("s+1")]))
    #expect(graph.types["b"] == TensorType(.float64, nil))
    #expect(graph.types["c"] == TensorType(.int64, []))
    #expect(graph.types["d/e"] == TensorType(.bool, [.fixed(0)]))
  }

  @Test func readsLabelsDomainsAndAbsentValues() throws {
    let labelled = try node("[\"n/1\"] y, , \"z 1\" = my.domain.Op (x, , \"\", \"a/b\")")
    #expect(labelled.name == "n/1")
    #expect(labelled.domain == "my.domain")
    #expect(labelled.operatorName == "Op")
    #expect(labelled.outputs == ["y", "", "z 1"])
    #expect(labelled.inputs == ["x", "", "", "a/b"])
    #expect(try node("y = Op (,x)").inputs == ["", "x"])
    #expect(try node("y = Op ()").inputs == [])
    #expect(try node("y = Op (x) <k = 3>").attributes.keys.elementsEqual(["k"]))
  }

  @Test func readsAttributesOfAllTypes() throws {
    #expect(try value(" = -9223372036854775808") == .int(.min))
    #expect(try value(": int = 3") == .int(3))
    #expect(try value(" = 1.") == .float(1))
    #expect(try value(": float = 2") == .float(2))
    #expect(try value(" = -1.5e-3") == .float(-1.5e-3))
    #expect(try value(" = 1E+20") == .float(1e20))
    #expect(try value(" = Infinity") == .float(.infinity))
    #expect(try value(" = -inf") == .float(-.infinity))
    #expect(try value(" = \"q\\\"\\\\ \u{3C0}\"") == .string("q\"\\ \u{3C0}"))
    #expect(try value(" = [1, -2]") == .ints([1, -2]))
    #expect(try value(" = [1.5, 2]") == .floats([1.5, 2]))
    #expect(try value(": floats = [1, 2]") == .floats([1, 2]))
    #expect(try value(" = [\"a\", \"\"]") == .strings(["a", ""]))
    #expect(try value(": ints = []") == .ints([]))
    #expect(try value(": strings = []") == .strings([]))
    guard case .float(let nan)? = try value(" = nan") else {
      Issue.record("nan is a float")
      return
    }
    #expect(nan.isNaN)
  }

  @Test(arguments: [
    " = float[2] {1, 2.5}", ": tensor = float[2] name {1, 2.5}", " = float[2] = {1,2.5}",
    " = float[2] \"a name\" = {1,2.5}",
  ])
  func readsTensorAttributes(text: String) throws {
    guard case .tensor(let tensor)? = try value(text) else {
      Issue.record("not a tensor")
      return
    }
    #expect(tensor.values() == [1, 2.5] as [Float])
  }

  @Test func readsInitializersOfAllElementTypes() throws {
    let graph = try Model(
      onnxText: header + """
        g (float[2] x, float[2] given = {1, 2}) => (x)
        < float[2,1] f = {-0, 1e-45}, double[2] d = {inf, 5e-324}, float16[2] h = {15360, 49152},
          bfloat16 b = {16256}, int8[2] i8 = {-128, 127}, uint64 u = {18446744073709551615},
          bool[2] t = {1, 0}, int64[0] none = {}, float[N] between >
        { }
        """
    ).graph
    #expect(graph.inputs == ["x"])
    #expect(graph.constants.names == ["given", "f", "d", "h", "b", "i8", "u", "t", "none"])
    let reals = try #require(graph.constants["f"]?.values(as: Float.self))
    #expect(reals == [0, Float.leastNonzeroMagnitude] && reals[0].sign == .minus)
    #expect(graph.constants["d"]?.values() == [Double.infinity, Double.leastNonzeroMagnitude])
    #expect(graph.constants["h"]?.values() == [1, -2] as [Float16])
    #expect(graph.constants["b"]?.shape == .scalar)
    #expect(graph.constants["i8"]?.values() == [-128, 127] as [Int8])
    #expect(graph.constants["u"]?.values() == [UInt64.max])
    #expect(graph.constants["t"]?.elementType == .bool)
    #expect(graph.constants["none"]?.shape.elementCount == 0)
    #expect(graph.types["between"] == TensorType(.float32, [.symbol("N")]))
  }

  @Test func readsExternalInitializersThroughTheLoader() throws {
    let text =
      header + """
        g () => () <float[2] w = ["location": "a b.bin", "offset": "4", "length": "8", "checksum": "0"]>
        { }
        """
    let model = try Model(onnxText: text) { (reference, elementType, shape) throws(TesseraError) in
      #expect(reference == ExternalDataReference(location: "a b.bin", byteOffset: 4, byteCount: 8))
      #expect(elementType == .float32 && shape.dimensions == [2])
      return try Tensor([3, 4] as [Float], shape: [2])
    }
    #expect(model.graph.constants["w"]?.values() == [3, 4] as [Float])
    #expect(throws: TesseraError.self) { try Model(onnxText: text) }
  }
}

extension Attribute: Equatable {
  package static func == (left: Attribute, right: Attribute) -> Bool {
    switch (left, right) {
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.ints(let left), .ints(let right)): left == right
    case (.floats(let left), .floats(let right)): left == right
    case (.strings(let left), .strings(let right)): left == right
    default: false
    }
  }
}
