import KernelInterface
import Testing

@testable import Lowering

/// Element-wise operators among convolutions: which of them leave the channel blocks.
@Suite struct PointwiseLoweringTests {
  private static let conv = "float[1,16,8,8] x, float[16,16,1,1] w1, float[16,16,1,1] w2"

  @Test(arguments: [
    (
      "residual additions stay in blocks",
      graphText(
        conv, "float[1,16,8,8] y",
        "a = Conv(x, w1) b = Conv(a, w2) s = Add(b, a) r = Relu(s) y = Conv(r, w1)"),
      ["convert-layout x", "conv-direct a", "conv-direct r", "conv-direct y"]
        + ["convert-layout y"]
    ),
    (
      "an operand in planes is converted",
      graphText(
        conv, "float[1,16,8,8] y", "a = Conv(x, w1) s = Mul(x, a) y = Conv(s, w2)"),
      ["convert-layout x", "conv-direct s", "conv-direct y", "convert-layout y"]
    ),
    (
      "a number a channel and an image's own numbers scale in blocks",
      graphText(
        conv + ", float[16,1,1] w3", "float[1,16,8,8] y",
        "a = Conv(x, w1) p = GlobalAveragePool(a) g = Sigmoid(p) s = Mul(a, g) y = Add(w3, s)"
      ),
      ["convert-layout x", "conv-direct a", "reduce g", "pointwise y", "convert-layout y"]
    ),
    (
      "numbers of pixels take the way over dense tensors",
      graphText(
        conv + ", float[8,8] w3", "float[1,16,8,8] y", "a = Conv(x, w1) y = Mul(a, w3)"),
      ["convert-layout x", "conv-direct a", "convert-layout a", "pointwise y"]
    ),
    (
      "pools and matrix products take them over",
      graphText(
        "float[2,16,8,8] x, float[2,16,4,4] z, float[2,5] r, float[256,5] w3", "float[2,5] y",
        """
        a = MaxPool<kernel_shape = [2, 2], strides = [2, 2]>(x) b = Mul(a, z)
        f = Flatten(b) c = MatMul(f, w3) s = Add(c, r) y = Tanh(s)
        """),
      ["convert-layout x", "convert-layout z", "pool b", "fully-connected y"]
    ),
    (
      "a mean of all takes over in a step of its own",
      graphText(
        "float[3,4] x", "float[3,1] y",
        "c = Constant<value = int64[1] {1}>() a = ReduceMean(x, c) y = Tanh(a)"),
      ["reduce y", "pointwise y"]
    ),
    (
      "vectors and matrices are dense",
      graphText("float[3,4] x, float[4] z", "float[3,4] y", "a = Tanh(x) y = Div(a, z)"),
      ["pointwise y"]
    ),
  ])
  func steps(_ name: String, _ text: String, _ expected: [String]) throws {
    #expect(stepNames(try lowerText(text)) == expected, "\(name)")
  }

  @Test func constantsOfOneElementBelongToTheProgram() throws {
    let variant = try lowerText(
      graphText(
        "float[2,3] x", "float[2,3] y",
        "c = Constant<value = float[1,1] {2}>() y = Sub(c, x)"))
    let step = try PointwiseDescriptor(decoding: try #require(variant.steps.first).descriptor)
    #expect(step.program.inputCount == 1)
    #expect(step.program.evaluate([5]) == -3)
    #expect(step.extents == [6])
  }
}
