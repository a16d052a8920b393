import Frontend
import Tensors
import TestSupport
import Testing

/// Reads damaged text: any outcome but a crash is fine, and errors are never empty.
private func check(_ bytes: [UInt8]) {
  do {
    _ = try ModelReader.read(onnx: bytes)
  } catch {
    #expect(error.diagnostics.allSatisfy { !$0.message.isEmpty })
  }
}

@Suite struct CaffeDamageTests {
  private let sound = Array(
    """
    name: "n" input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
    layer { name: "c" type: "Convolution" bottom: "data" top: "c"
      convolution_param { num_output: 4 kernel_size: 3 stride: [2, 1] weight_filler { std: 1e-2 } } }
    layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { pool: AVE kernel_size: 3 pad: 1 } }
    layer { name: "f" type: "InnerProduct" bottom: "p" top: "f" inner_product_param { num_output: 5 axis: 2 } }
    layer { name: "r" type: "ReLU" bottom: "f" top: "f" include { phase: TEST } }
    """.utf8)

  @Test func everyTruncation() {
    for count in sound.indices { check(Array(sound[..<count])) }
  }

  @Test func otherBytes() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<4000 {
      var damaged = sound
      for _ in 0..<2 {
        damaged[Int.random(in: sound.indices, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      check(damaged)
    }
  }

  /// Every number in turn as one that is too large, negative or zero.
  @Test(arguments: [
    "0", "-1", "2147483647", "4294967295", "9223372036854775807", "99999999999999999999",
  ])
  func lyingNumbers(number: String) {
    let text = String(decoding: sound, as: UTF8.self)
    for range in text.ranges(of: #/\d+/#) {
      check(Array(text.replacingCharacters(range, with: number).utf8))
    }
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>, with other: String) -> String {
    var copy = self
    copy.replaceSubrange(range, with: other)
    return copy
  }
}
