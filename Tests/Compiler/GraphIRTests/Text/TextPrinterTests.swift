import GraphIR
import Tensors
import Testing

private let canonical = """
  <
    ir_version: 10,
    opset_import: ["" : 21, "my.domain" : 1],
    producer_name: "a \\"b\\" \\\\",
    doc_string: "two
  lines",
    metadata_props: ["k": "v"]
  >
  "my graph" (
    float[N,3,?,"s+1"] x,
    double[] "a/b",
    int64 "float"
  ) => (float[N] y, z)
  <
    float[2,1] f = {-0.0, 1e-45},
    float[4] g = {inf, -inf, nan, 0.1},
    double d = {1e-320},
    float16[2] h = {15360, 49152},
    int8[2] i = {-128, 127},
    uint64 u = {18446744073709551615},
    bool[2] t = {1, 0},
    int64[0] none = {},
    float[N] mid
  >
  {
    [n1] mid, "" = my.domain.Op <a = -1.5, b = 3, c = [1, 2], d: ints = [], e = "q\\"", \
  f = [1.0, 1e+20], g: strings = [], h = float[2] {1.0, 2.0}, i = ["", "x"], j: floats = []> \
  (x, "", "a/b")
    ["n 2"] y, z = Two ("float", mid)
    "" = None ()
  }

  """

@Suite struct TextPrinterTests {
  @Test func printsWhatItReads() throws {
    #expect(try Model(onnxText: canonical).onnxText() == canonical)
  }

  @Test func elidesLargeTensorsAndSaysSo() throws {
    let model = try Model(
      onnxText: """
        <ir_version: 10, opset_import: ["": 21]>
        g () => () <float[3] w = {1, 2, 3}, int64[1] s = {1}> { }
        """)
    #expect(
      model.graph.onnxText(TextOptions(elidesTensorsAbove: 2)) == """
        g () => ()
        <
          float[3] w = {...},  # 3 elements are not shown
          int64[1] s = {1}
        >
        {
        }

        """)
  }

  @Test func printsReferencesToExternalData() throws {
    let model = try Model(
      onnxText: "<ir_version: 10, opset_import: [\"\": 21]> g () => () <float[1] w = {1}> { }")
    let reference = ExternalDataReference(location: "w.bin", byteOffset: 64, byteCount: 4)
    let text = model.onnxText(TextOptions(externalData: ["w": reference]))
    let loader: ExternalDataLoader = { (found, _, _) throws(TesseraError) in
      #expect(found == reference)
      return try Tensor([7] as [Float], shape: [1])
    }
    #expect(
      try Model(onnxText: text, loadExternalData: loader).graph.constants["w"]?.values()
        == [7] as [Float])
  }

  @Test func leavesOutValueTypesOnRequest() throws {
    let model = try Model(
      onnxText: """
        <ir_version: 10, opset_import: ["": 21]>
        g (float[2] x) => (float[2] y) <float[2] h> { h = Relu (x) y = Relu (h) }
        """)
    #expect(
      model.graph.onnxText(TextOptions(includesValueTypes: false)) == """
        g (float[2] x) => (float[2] y)
        {
          h = Relu (x)
          y = Relu (h)
        }

        """)
    #expect(
      try Model(onnxText: model.graph.onnxText(opsetVersion: 21)).graph.onnxText()
        == model.graph.onnxText())
  }
}
