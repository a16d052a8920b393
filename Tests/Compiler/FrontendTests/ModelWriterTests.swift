import Foundation
import Frontend
import GraphIR
import Tensors
import Testing

@Suite struct ModelWriterTests {
  @Test(arguments: ["element-types.onnx", "external-data.onnx", "old-ir-version.onnx"])
  func binaryAndTextRoundTrip(name: String) throws {
    let model = try ModelReader.read(path: Fixture.path(name))
    let text = model.onnxText()
    #expect(try ModelReader.read(onnx: ModelWriter.encode(model)).onnxText() == text)
    #expect(try Model(onnxText: text).onnxText() == text)
  }

  @Test(arguments: ["model.onnx", "model.onnxtxt"])
  func writesFilesWithWeightsInsideOrBeside(name: String) throws {
    var model = try ModelReader.read(path: Fixture.path("element-types.onnx"))
    let values = (0..<1000).map(Float.init)
    model.graph.constants["large"] = try Tensor(values, shape: [10, 100])
    let text = model.onnxText()
    try Fixture.withFolder { folder in
      let path = "\(folder)/\(name)"
      try ModelWriter.write(model, to: path)
      #expect(try ModelReader.read(path: path).onnxText() == text)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])

      try ModelWriter.write(model, to: path, externalData: true)
      #expect(try ModelReader.read(path: path).onnxText() == text)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(files == [name, "\(name).data"])
      let data = try Data(contentsOf: URL(filePath: "\(path).data"))
      #expect(data == values.withUnsafeBytes { Data($0) })
    }
  }

  @Test func keepsAllDimensionsAndHeaderFields() throws {
    let text = """
      <
        ir_version: 9,
        opset_import: ["" : 17, "tessera" : 1],
        producer_name: "p",
        producer_version: "1",
        domain: "d",
        model_version: -4,
        doc_string: "π",
        metadata_props: ["a": "b", "c": ""]
      >
      g (
        float[N,?,3] x,
        float[] any,
        int64 scalar
      ) => (float[N,"n+1"] y, z)
      <
        float[4] h
      >
      {
        [first] h, z = Split <axis = 0> (x)
        y = tessera.Conv (h, "", any)
      }

      """
    let model = try Model(onnxText: text)
    #expect(try ModelReader.read(onnx: ModelWriter.encode(model)).onnxText() == text)
  }
}
