import Frontend
import Tensors
import Testing

/// Reads damaged bytes: any outcome but a crash is fine, and errors are never empty.
private func check(_ bytes: [UInt8]) {
  do {
    _ = try ModelReader.read(onnx: bytes)
  } catch {
    #expect(error.diagnostics.allSatisfy { !$0.message.isEmpty })
  }
}

@Suite struct ModelDamageTests {
  @Test(arguments: ["element-types.onnx", "unsupported.onnx"])
  func everyTruncation(name: String) throws {
    let bytes = try Fixture.bytes(name)
    for count in bytes.indices { check(Array(bytes[..<count])) }
  }

  @Test(arguments: ["element-types.onnx", "unsupported.onnx", "old-ir-version.onnx"])
  func flippedBits(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var state: UInt64 = 1
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % bytes.count] ^= 1 << UInt8(state >> 30 & 7)
      }
      check(damaged)
    }
  }

  /// Every byte in turn as the largest first byte of a number: lengths, sizes, tags.
  @Test func lyingLengths() throws {
    let bytes = try Fixture.bytes("element-types.onnx")
    for index in bytes.indices {
      for value: UInt8 in [0xFF, 0x7F, 0] {
        var damaged = bytes
        damaged[index] = value
        check(damaged)
      }
    }
  }
}
