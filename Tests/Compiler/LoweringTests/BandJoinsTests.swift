import KernelInterface
import Tensors
import Testing

@testable import Lowering

struct BandJoinsTests {
  /// A graph of a 1×1 and a depthwise convolution with 32 channels between.
  private static func text(
    extent: Int = 96, _ outputs: String = "float[1,32,?,?] y",
    _ body: String = "a = Conv(x, w1) y = Conv<group=32, pads=[1,1,1,1], strides=[2,2]>(a, w2)"
  ) -> String {
    graphText(
      "float[1,8,\(extent),\(extent)] x, float[32,8,1,1] w1, float[32,1,3,3] w2", outputs, body)
  }

  @Test func joinsWhatExceedsTheCache() throws {
    let variant = try lowerText(Self.text())
    #expect(
      stepNames(variant) == ["convert-layout x", "conv-bands a + y", "convert-layout y"])
    #expect(variant.arenaByteCount < 32 * 96 * 96 * 4)
  }

  @Test func leavesWhatFitsTheCache() throws {
    #expect(stepNames(try lowerText(Self.text(extent: 80))).contains("conv-direct a"))
  }

  @Test(arguments: [
    (
      "two readers", "float[1,32,?,?] y, float[1,32,?,?] z",
      "a = Conv(x, w1) y = Conv<group=32>(a, w2) z = Sigmoid(a)"
    ),
    (
      "an output", "float[1,32,?,?] y, float[1,32,?,?] a",
      "a = Conv(x, w1) y = Conv<group=32>(a, w2)"
    ),
    (
      "an epilogue of more than the result", "float[1,32,?,?] y",
      "a = Conv(x, w1) b = Conv(x, w1) c = Mul(a, b) y = Conv<group=32>(c, w2)"
    ),
    (
      "pooling before", "float[1,32,?,?] y",
      """
      a = Conv(x, w1) b = MaxPool<kernel_shape=[2,2], strides=[2,2]>(a) y = Conv<group=32>(b, w2)
      """
    ),
  ])
  func leaves(_ name: String, outputs: String, body: String) throws {
    let kernels = try lowerText(Self.text(extent: 200, outputs, body)).steps.map(\.kernel)
    #expect(!kernels.contains("conv-bands") && kernels.contains("conv-depthwise"), "\(name)")
  }

  /// Rows of which a few do not fit the store.
  @Test func leavesWideImages() throws {
    let text = graphText(
      "float[1,8,9,4000] x, float[32,8,1,1] w1, float[32,1,3,3] w2", "float[1,32,7,3998] y",
      "a = Conv(x, w1) y = Conv<group=32>(a, w2)")
    #expect(stepNames(try lowerText(text)).contains("conv-direct a"))
  }

  @Test func joinsFunctionsOfTheResults() throws {
    let variant = try lowerText(
      Self.text(
        "float[1,32,96,96] y",
        """
        a = Conv(x, w1) b = HardSwish(a) c = Conv<group=32, pads=[1,1,1,1]>(b, w2)
        d = Sigmoid(c) y = Mul(c, d)
        """))
    #expect(variant.steps.map(\.kernel) == ["convert-layout", "conv-bands", "convert-layout"])
  }

  /// As the first layers of VGG.
  @Test func joinsWinogradConvolutions() throws {
    let text = graphText(
      "float[1,3,96,96] x, float[64,3,3,3] w1, float[64,64,3,3] w2", "float[1,64,48,48] y",
      """
      a = Conv<pads=[1,1,1,1]>(x, w1) b = Relu(a) c = Conv<pads=[1,1,1,1]>(b, w2)
      y = MaxPool<kernel_shape=[2,2], strides=[2,2]>(c)
      """)
    let variant = try lowerText(text)
    #expect(
      stepNames(variant) == ["convert-layout x", "winograd-bands b + y", "convert-layout y"])
    #expect(variant.arenaByteCount < 64 * 96 * 96 * 4)
    let method = try #require(try ConvMethod(variant.steps[1].call))
    #expect(!method.isLocal && method.description == "winograd F(6x6) fused/16")
  }

  /// Rows between that neighbouring bands share would be computed twice.
  @Test func leavesProducersOfManyProducts() throws {
    let text = graphText(
      "float[1,64,96,96] x, float[64,64,1,1] w1, float[64,64,3,3] w2", "float[1,64,96,96] y",
      "a = Conv(x, w1) y = Conv<pads=[1,1,1,1]>(a, w2)")
    #expect(stepNames(try lowerText(text)).contains("conv-direct a"))
  }
}
