import GraphIR
import Tensors
import Testing

private let intact = """
  < ir_version: 10, opset_import: ["" : 21], doc_string: "π \\" q", metadata_props: ["k": "v"] >
  g (float[N,3,?] x, float[2] w) => (float[N] y)
  < float[2] c = {1.5, -inf}, int64[3] s = {0, 1, -1}, float[N] h >
  {
    [conv_1] h, = Conv <alpha = 1.0e-3, k = [1, 2], s = "a", t = float[2] {1, 2}> (x, "", w)
    # a comment
    y = tessera.Op (h, c, s) <empty: ints = []>
  }

  """

/// Parses damaged text: any outcome but a crash is fine, and an error has a message, and a place unless it
/// lists operators.
private func check(_ bytes: some Collection<UInt8>) {
  do {
    _ = try Model(onnxText: String(decoding: bytes, as: UTF8.self))
  } catch {
    #expect(
      error.diagnostics.allSatisfy {
        !$0.message.isEmpty && ($0.location != nil || $0.message.hasPrefix("the operator '"))
      })
  }
}

@Suite struct TextDamageTests {
  @Test func theUndamagedTextIsRead() throws {
    #expect(try Model(onnxText: intact).graph.nodes.count == 2)
  }

  @Test func everyTruncation() {
    let bytes = Array(intact.utf8)
    for count in bytes.indices { check(bytes[..<count]) }
  }

  @Test func changedBytes() {
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let syntax = Array("<>(){}[],:=\"\\#.-+e0n?@ \n".utf8)
    for _ in 0..<2000 {
      var bytes = Array(intact.utf8)
      for _ in 0...next() % 3 {
        let index = Int(next() % UInt64(bytes.count))
        switch next() % 4 {
        case 0: bytes[index] ^= 1 << UInt8(next() % 8)
        case 1: bytes[index] = syntax[Int(next() % UInt64(syntax.count))]
        case 2: bytes.remove(at: index)
        default: bytes.insert(syntax[Int(next() % UInt64(syntax.count))], at: index)
        }
      }
      check(bytes)
    }
  }
}
