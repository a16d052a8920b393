import Frontend
import Tensors
import Testing

private func message(reading bytes: [UInt8]) -> String? {
  do {
    _ = try ModelReader.read(onnx: bytes)
    return nil
  } catch {
    return error.description
  }
}

/// A field with a length before its content.
private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
  [number << 3 | 2, UInt8(content.count)] + content
}

/// `ir_version` 10 and version 21 of ONNX's operators.
private let header: [UInt8] = [8, 10] + field(8, [0x0A, 0, 0x10, 21])

@Suite struct WireScannerTests {
  @Test func readsTheSmallestModelAndSkipsUnknownFields() throws {
    let unknown: [UInt8] = [
      0x98, 0x3F, 5, 0x9D, 0x3F, 1, 2, 3, 4, 0x99, 0x3F, 1, 2, 3, 4, 5, 6, 7, 8,
    ]
    let model = try ModelReader.read(onnx: header + unknown + field(7, field(2, [0x67])))
    #expect(model.graph.name == "g")
    #expect(model.opsetVersion == 21)
  }

  @Test(arguments: [
    ([8], "byte 1: the file ends inside a number"),
    ([8, 0x80], "byte 1: the file ends inside a number"),
    (
      [8] + [UInt8](repeating: 0xFF, count: 11),
      "byte 1: a number takes more than 10 bytes"
    ),
    (
      [10, 1, 65],
      "byte 0: 'ir_version' of ModelProto is encoded as a length and bytes, which does not fit its type"
    ),
    ([18, 5, 65], "byte 0: 'producer_name' of ModelProto takes 5 bytes, but only 1 remain"),
    (
      [58, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
      "byte 0: 'graph' of ModelProto takes 18446744073709551615 bytes, but only 0 remain"
    ),
    ([11], "byte 0: expected the start of a field of ModelProto, found tag 11"),
    ([0], "byte 0: expected the start of a field of ModelProto, found tag 0"),
    ([18, 2, 65, 0xFF], "byte 0: 'producer_name' is not UTF-8 text"),
    ([18, 2, 65, 0], "byte 0: 'producer_name' is not UTF-8 text"),
    (
      [58, 4, 42, 2, 34, 3], "byte 4: 'float_data' of TensorProto takes 3 bytes, but only 0 remain"
    ),
    (
      [58, 7, 42, 5, 34, 3, 1, 2, 3],
      "byte 4: 'float_data' takes 3 bytes, which is no whole number of elements"
    ),
    ([58, 6, 42, 4, 58, 2, 1, 0x80], "byte 7: the file ends inside a number"),
  ])
  func locatesTheFirstMalformedField(bytes: [UInt8], expected: String) {
    #expect(message(reading: bytes) == expected)
  }

  @Test func listsWhatIsMissing() {
    #expect(
      message(reading: [18, 0]) == """
        the model imports no operator set
        the model has no IR version: it is not an ONNX model, or damaged
        the model has no graph
        """)
  }

  /// Dimensions 2⁶² × 2⁶² of a tensor with no bytes, and 3 elements in 8 bytes.
  @Test func refusesTensorsThatLieAboutTheirSize() {
    let large = [UInt8](repeating: 0x80, count: 8) + [0x40]
    let named = field(8, [0x77])
    let output = field(12, [0x0A, 1, 0x77])
    func model(_ tensor: [UInt8]) -> [UInt8] {
      header + field(7, field(5, tensor + named) + output)
    }
    #expect(
      message(reading: model([8] + large + [8] + large + [16, 1]))
        == "value 'w': the shape [4611686018427387904, 4611686018427387904] is negative or has too "
        + "many elements")
    #expect(
      message(reading: model([8] + large + [16, 1, 74, 0]))
        == "value 'w': the shape [4611686018427387904] is negative or has too many elements")
    #expect(
      message(reading: model([8, 3, 16, 1] + field(9, [UInt8](repeating: 0, count: 8))))
        == "value 'w': a tensor float[3] takes 12 bytes, found 8")
    #expect(
      message(reading: model([8, 3, 16, 1] + field(4, [UInt8](repeating: 0, count: 8))))
        == "value 'w': a tensor float[3] has 3 elements, found 2")
    #expect(
      message(reading: model([8, 1, 16, 3] + field(5, [0xAC, 2])))
        == "value 'w': element 0 is 300, which does not fit 'int8'")
  }
}
