import Foundation
import Frontend
import GraphIR
import Tensors
import Testing

private func failure(reading path: String) -> TesseraError? {
  do {
    _ = try ModelReader.read(path: path)
    return nil
  } catch {
    return error
  }
}

@Suite struct ModelReaderTests {
  /// The same tensors as raw bytes and in typed fields; 1, 0, 1 in float16 is 0x3C00, 0, 0x3C00.
  @Test func readsAllElementTypesAndAttributes() throws {
    let text = try ModelReader.read(path: Fixture.path("element-types.onnx")).onnxText()
    #expect(
      text == """
        <
          ir_version: 10,
          opset_import: ["" : 21, "my.domain" : 1],
          producer_name: "fixtures",
          metadata_props: ["key": "value"]
        >
        types (float[N,?,3] x) => (float[] y)
        <
          float[3] raw_float32 = {1.0, 0.0, 1.0},
          float[3] typed_float32 = {1.0, 0.0, 1.0},
          double[3] raw_float64 = {1.0, 0.0, 1.0},
          double[3] typed_float64 = {1.0, 0.0, 1.0},
          float16[3] raw_float16 = {15360, 0, 15360},
          float16[3] typed_float16 = {15360, 0, 15360},
          bfloat16[3] raw_bfloat16 = {16256, 0, 16256},
          bfloat16[3] typed_bfloat16 = {16256, 0, 16256},
          int8[3] raw_int8 = {1, 0, 1},
          int8[3] typed_int8 = {1, 0, 1},
          int16[3] raw_int16 = {1, 0, 1},
          int16[3] typed_int16 = {1, 0, 1},
          int32[3] raw_int32 = {1, 0, 1},
          int32[3] typed_int32 = {1, 0, 1},
          int64[3] raw_int64 = {1, 0, 1},
          int64[3] typed_int64 = {1, 0, 1},
          uint8[3] raw_uint8 = {1, 0, 1},
          uint8[3] typed_uint8 = {1, 0, 1},
          uint16[3] raw_uint16 = {1, 0, 1},
          uint16[3] typed_uint16 = {1, 0, 1},
          uint32[3] raw_uint32 = {1, 0, 1},
          uint32[3] typed_uint32 = {1, 0, 1},
          uint64[3] raw_uint64 = {1, 0, 1},
          uint64[3] typed_uint64 = {1, 0, 1},
          bool[3] raw_bool = {1, 0, 1},
          bool[3] typed_bool = {1, 0, 1},
          float scalar = {-2.5},
          float[0,3] empty = {}
        >
        {
          ["n/1"] "", y = my.domain.Op <a = 1.5, b = -3, c = "text", d = int64[2] {1, 2}, \
        e = [1.0, 2.5], f = [1, -2], g = ["a", ""], h: ints = []> (x, "", scalar)
        }

        """)
  }

  @Test func rawBytesAreNotCopied() throws {
    let storage = try ModelReader.read(path: Fixture.path("element-types.onnx")).graph.constants
    let raw = try #require(storage["raw_float32"])
    let other = try #require(storage["raw_int64"])
    #expect(raw.storage === other.storage && raw.byteOffset != other.byteOffset)
  }

  @Test func initializersLeaveTheInputs() throws {
    let model = try ModelReader.read(path: Fixture.path("old-ir-version.onnx"))
    #expect(model.graph.inputs == ["x"])
    #expect(model.graph.constants["w"]?.values() == [1, 2] as [Float])
    #expect(model.graph.defaults == ["w"])
    #expect(model.irVersion == 3 && model.writtenIRVersion == 4 && model.writtenInputs == ["x"])
  }

  /// Nothing needs its other parts: a function, inputs, initializers and attributes that we do not support.
  @Test func refusesUnsupportedFeaturesThatTheOutputsNeed() throws {
    let path = Fixture.path("unsupported.onnx")
    let error = try #require(failure(reading: path))
    #expect(error.kind == .unsupported)
    #expect(error.description == "\(path): the operator 'If' is not supported: node 'choice'")
  }

  @Test func readsTheDigitsNetwork() throws {
    let graph = try ModelReader.read(path: Fixture.repositoryPath("Graphs/digits.onnx")).graph
    #expect(graph.inputs.count == 1 && !graph.nodes.isEmpty)
  }

  @Test func tellsTextFromBinaryByContent() throws {
    let text = "\n # a comment\n <ir_version: 10, opset_import: [\"\": 21]> g () => () {}"
    #expect(try ModelReader.read(onnx: Array(text.utf8)).graph.name == "g")
    #expect(try ModelReader.read(onnx: Fixture.bytes("old-ir-version.onnx")).graph.name == "g")
  }

  /// Known by their content, as here, or by their name.
  @Test(arguments: [
    "<ir_version: 10, opset_import: [\"\": 21]> g () => () {}",
    "name: 'g' layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 1 } } }",
  ]) func aByteOrderMarkBeforeATextIsSkipped(text: String) throws {
    let bytes = Array("\u{FEFF}\(text)".utf8)
    #expect(try ModelReader.read(onnx: bytes).graph.name == "g")
    try Fixture.withFolder { folder in
      let path = "\(folder)/g.\(text.hasPrefix("<") ? "onnxtxt" : "prototxt")"
      try Data(bytes).write(to: URL(filePath: path))
      #expect(try ModelReader.read(path: path).graph.name == "g")
    }
  }

  @Test func textThatIsNotUTF8IsLocated() throws {
    #expect {
      try ModelReader.read(onnx: Array("<ir".utf8) + [0xFF])
    } throws: {
      "\($0)" == "byte 3: the text is not UTF-8"
    }
  }

  @Test func fileErrorsNameTheFile() throws {
    #expect(
      failure(reading: "/no/such.onnx")?.description
        == "/no/such.onnx: cannot open the file: No such file or directory")
    #expect(failure(reading: "/").map(\.description)?.hasSuffix("found a directory") == true)
    try Fixture.withFolder { folder in
      _ = FileManager.default.createFile(atPath: "\(folder)/empty.onnx", contents: nil)
      #expect(failure(reading: "\(folder)/empty.onnx")?.description.hasSuffix("is empty") == true)
      #expect(mkfifo("\(folder)/pipe.onnx", 0o600) == 0)
      #expect(failure(reading: "\(folder)/pipe.onnx")?.kind == .invalidInput)
    }
  }
}
