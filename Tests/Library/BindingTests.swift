import Tensors
import Tessera
import TestSupport
import Testing

@Suite struct BindingTests {
  private let network: Network
  private let x: Tensor

  init() throws {
    let folder = try TemporaryFolder()
    let text = """
      <ir_version: 10, opset_import: ["": 21]>
      g (float[2] x, float[2] w, float[2] k = {1, 2}) => (float[2] y) <float[2] c = {1, 1}>
      { t = Mul (x, k) u = Mul (t, c) y = Add (u, w) }
      """
    network = try Network(path: folder.write(Array(text.utf8), as: "m.onnxtxt"))
    x = try Tensor([1, 1] as [Float], shape: [2])
  }

  private func run(_ network: Network, _ inputs: [String: Tensor]) throws -> [Float]? {
    try Session(plan: network.compile(), threads: 1).run(inputs)["y"]?.values()
  }

  /// An input becomes a constant; a default takes another value, of any floating-point type.
  @Test func inputsAndDefaultsTakeValues() throws {
    let w = try Tensor([5, 6] as [Float], shape: [2])
    #expect(try run(network, ["x": x, "w": w]) == [6, 8])
    let bound = try network.binding(["w": w])
    #expect(try run(bound, ["x": x]) == [6, 8])
    let other = try bound.binding(["k": Tensor([10, 20] as [Double], shape: [2])])
    #expect(try run(other, ["x": x]) == [15, 26])
    #expect(try run(bound, ["x": x]) == [6, 8])
  }

  @Test func othersAreRefused() throws {
    let unknown = #expect(throws: TesseraError.self) { try network.binding(["c": x, "none": x]) }
    #expect(unknown?.kind == .invalidUsage)
    #expect(
      unknown?.diagnostics.map(\.description) == [
        "value 'c': the model has no such input", "value 'none': the model has no such input",
      ])
    let wrong = #expect(throws: TesseraError.self) {
      try network.binding([
        "w": Tensor([1] as [Float], shape: [1]), "k": Tensor([1, 2] as [Int64], shape: [2]),
      ])
    }
    #expect(
      wrong?.diagnostics.map(\.description) == [
        "value 'w': expected float[2], found shape 1",
        "value 'k': expected elements of 'float', found 'int64'",
      ])
  }
}
