import Tensors
import Tessera
import TestSupport
import Testing

/// A model that gives out one value twice.
@Suite struct RepeatedOutputTests {
  @Test func itComesOnceByNameAndTwiceByPlace() throws {
    let folder = try TemporaryFolder()
    let text = """
      <ir_version: 10, opset_import: ["": 21]>
      g (float[1,4] x) => (float[1,4] y, float[1,4] z, float[1,4] y) { y = Relu (x) z = Relu (y) }
      """
    let path = try folder.write(Array(text.utf8), as: "m.onnxtxt")
    let network = try Network(path: path)
    #expect(try network.removingFinalSoftmax() == nil)
    let session = try Session(plan: network.compile(), threads: 1)
    let x = try Tensor([-1, 2, -3, 4] as [Float], shape: [1, 4])
    let expected: [Float] = [0, 2, 0, 4]
    let named = try session.run(["x": x])
    #expect(named.keys.sorted() == ["y", "z"])
    #expect(named["y"]?.values() == expected)
    var results = [Float](repeating: -1, count: 12)
    try x.withUnsafeBytes { input in
      try results.withUnsafeMutableBytes { bytes in
        let places = [0, 16, 32].map {
          UnsafeMutableRawBufferPointer(rebasing: bytes[$0..<$0 + 16])
        }
        try session.run(inputs: [input], into: places)
      }
    }
    #expect(results == expected + expected + expected)
  }
}
