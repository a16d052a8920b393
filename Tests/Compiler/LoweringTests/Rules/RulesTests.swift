import ExecutionPlan
import KernelInterface
import Tensors
import Testing

@testable import Lowering

@Suite struct RulesTests {
  /// Which steps a graph becomes, and nothing more: every conversion is seen here.
  @Test(arguments: [
    (
      "a chain of convolutions converts only at its borders",
      graphText(
        "float[1,3,8,8] x, float[16,3,3,3] w1, float[16,16,3,3] w2", "float[1,16,8,8] y",
        "a = Conv<pads=[1,1,1,1]>(x, w1) b = Relu(a) y = Conv<pads=[1,1,1,1]>(b, w2)"),
      ["convert-layout x", "conv-direct b", "conv-direct y", "convert-layout y"]
    ),
    (
      "without pads the input is read where it lies",
      graphText(
        "float[1,3,8,8] x, float[16,3,3,3] w1", "float[1,16,6,6] y", "y = Conv(x, w1)"),
      ["conv-direct y", "convert-layout y"]
    ),
    (
      "flattened blocks are read as they lie",
      graphText(
        "float[2,3,8,8] x, float[16,3,3,3] w1, float[5,144] w2", "float[2,5] y",
        "a = Conv(x, w1) p = MaxPool<kernel_shape=[2,2], strides=[2,2]>(a) f = Flatten(p) y = Gemm<transB=1>(f, w2)"
      ),
      ["conv-direct p", "fully-connected y"]
    ),
    (
      "views take no step",
      graphText(
        "float[2,3,4] x", "float[3,8] y",
        "s = Constant<value = int64[2] {3, 8}>() r = Relu(x) y = Reshape(r, s)"),
      ["pointwise r"]
    ),
    (
      "a graph that only passes a value on has no steps",
      graphText("float[2,3] x", "float[2,3] y", "y = Identity(x)"), []
    ),
    (
      "moving elements",
      graphText(
        "float[2,3] x, float[2,4] z", "float[7,2] y", "c = Concat<axis=1>(x, z) y = Transpose(c)"),
      ["copy c", "copy c", "copy y"]
    ),
    (
      "concatenations by channels that extend each other are written in place",
      graphText(
        "float[1,8,8,8] x, float[8,8,3,3] w1, float[8,16,3,3] w2, float[8,24,3,3] w3",
        "float[1,8,4,4] y",
        "a = Conv(x, w1) p = Conv<pads=[1,1,1,1]>(a, w1) c = Concat<axis=1>(a, p) q = Conv<pads=[1,1,1,1]>(c, w2) d = Concat<axis=1>(a, p, q) y = Conv(d, w3)"
      ),
      [
        "convert-layout x", "conv-direct a", "conv-direct p", "conv-direct q", "conv-direct y",
        "convert-layout y",
      ]
    ),
    (
      "what is in two places is gathered into one of them",
      graphText(
        "float[1,8,8,8] x, float[8,8,3,3] w1, float[8,16,3,3] w2", "float[1,8,4,4] y",
        "a = Conv(x, w1) c = Concat<axis=1>(a, a) y = Conv(c, w2)"),
      [
        "convert-layout x", "conv-direct a", "gather-channels a", "conv-direct y",
        "convert-layout y",
      ]
    ),
    (
      "whole blocks of a split are read where they lie, other channels are gathered",
      graphText(
        "float[1,8,6,6] x, float[24,8,3,3] w1, float[8,8,3,3] w2, float[8,12,3,3] w3",
        "float[1,8,2,2] y, float[1,8,2,2] z",
        "s = Constant<value = int64[3] {8, 4, 12}>() a = Conv(x, w1) b, c, d = Split<axis=1>(a, s) y = Conv(b, w2) z = Conv(d, w3)"
      ),
      [
        "convert-layout x", "conv-direct a", "conv-direct y", "gather-channels d", "conv-direct z",
        "convert-layout y", "convert-layout z",
      ]
    ),
    (
      "joining, shuffling and splitting channels is one gathering",
      graphText(
        "float[1,8,6,6] x, float[10,8,3,3] w1, float[10,10,3,3] w2", "float[1,10,2,2] y",
        "i = Constant<value = int64[5] {1, 2, 10, 4, 4}>() j = Constant<value = int64[4] {1, 20, 4, 4}>() a = Conv(x, w1) b = Relu(a) c = Concat<axis=1>(a, b) d = Reshape(c, i) e = Transpose<perm=[0,2,1,3,4]>(d) f = Reshape(e, j) g, h = Split<axis=1, num_outputs=2>(f) y = Conv(h, w2)"
      ),
      [
        "convert-layout x", "conv-direct a", "pointwise b", "gather-channels h", "conv-direct y",
        "convert-layout y",
      ]
    ),
    (
      "a transposed convolution is one of its phases",
      graphText(
        "float[1,8,6,6] x, float[8,8,4,4] w1", "float[1,8,12,12] y",
        "y = ConvTranspose<strides=[2,2], pads=[1,1,1,1]>(x, w1)"),
      ["convert-layout x", "conv-direct y_phases", "gather-channels y", "convert-layout y"]
    ),
    (
      "what has no elements is not copied",
      graphText(
        "float[4] x", "float[4] y",
        "s = Constant<value = int64[1] {0}>() e = Slice(x, s, s) f = Concat<axis=0>(e, e) y = Concat<axis=0>(f, x)"
      ),
      ["copy e", "copy y"]
    ),
    (
      "a border of repeated elements is one copy, however wide",
      graphText(
        "float[2,3] x", "float[2,9] y",
        "p = Constant<value = int64[4] {0, 4, 0, 2}>() y = Pad<mode = \"edge\">(x, p)"),
      ["copy y", "copy y", "copy y"]
    ),
    (
      "gathering consecutive indices is one copy",
      graphText(
        "float[2,9] x", "float[2,4] y",
        "i = Constant<value = int64[4] {3, 4, 5, -9}>() y = Gather<axis=1>(x, i)"),
      ["copy y", "copy y"]
    ),
  ])
  func steps(_ name: String, _ text: String, _ expected: [String]) throws {
    #expect(stepNames(try lowerText(text)) == expected, "\(name)")
  }

  @Test func im2colReadsPlanesAndPoolsAfterwards() throws {
    let text = graphText(
      "float[1,3,8,8] x, float[16,3,3,3] w1", "float[1,16,3,3] y",
      "a = Conv(x, w1) r = Relu(a) y = MaxPool<kernel_shape=[2,2], strides=[2,2]>(r)")
    #expect(stepNames(try lowerText(text, algorithm: .im2col)) == ["conv-im2col y", "pool y"])
    #expect(
      stepNames(try lowerText(text, algorithm: .direct)) == ["conv-direct y", "convert-layout y"])
  }

  @Test func depthwiseConvolutionsStayInBlocksAndPoolAfterwards() throws {
    let text = graphText(
      "float[1,6,8,8] x, float[6,1,3,3] w1", "float[1,6,3,3] y",
      "a = Conv<group=6>(x, w1) r = Relu(a) y = MaxPool<kernel_shape=[2,2], strides=[2,2]>(r)")
    for algorithm in ConvAlgorithm.allCases where algorithm != .im2col {
      #expect(
        stepNames(try lowerText(text, algorithm: algorithm))
          == ["convert-layout x", "conv-depthwise y", "pool y", "convert-layout y"])
    }
    #expect(stepNames(try lowerText(text, algorithm: .im2col)) == ["conv-im2col y", "pool y"])
  }

  @Test func groupsThatSplitBlocksAreMerged() throws {
    let text = graphText(
      "float[1,16,8,8] x, float[16,4,3,3] w1", "float[1,16,6,6] y", "y = Conv<group=4>(x, w1)")
    for algorithm in ConvAlgorithm.allCases where algorithm != .im2col {
      #expect(
        stepNames(try lowerText(text, algorithm: algorithm))
          == ["convert-layout x", "conv-direct y", "convert-layout y"])
    }
    #expect(stepNames(try lowerText(text, algorithm: .im2col)) == ["conv-im2col y"])
  }

  @Test func groupsTooManyToBeMergedTakeIm2col() throws {
    let text = graphText(
      "float[1,34,8,8] x, float[34,2,3,3] w1", "float[1,34,6,6] y", "y = Conv<group=17>(x, w1)")
    for algorithm in ConvAlgorithm.allCases {
      #expect(stepNames(try lowerText(text, algorithm: algorithm)) == ["conv-im2col y"])
    }
  }

  @Test func theProducerStoresTheLargestBorderThatItsUsersRead() throws {
    let variant = try lowerText(
      graphText(
        "float[1,8,9,9] x, float[8,8,1,1] w1, float[8,8,3,3] w2, float[8,8,5,5] w3",
        "float[1,8,9,9] y, float[1,8,9,9] z",
        "a = Conv(x, w1) y = Conv<pads=[1,1,1,1]>(a, w2) z = Conv<pads=[2,2,2,2]>(a, w3)"))
    let first = try #require(variant.steps.first { $0.name == "a" })
    let layout = try ConvDirectDescriptor(decoding: first.descriptor).output
    #expect(layout.border == Border(top: 2, left: 2, bottom: 2, right: 2))
    #expect(!stepNames(variant).contains("convert-layout a"))
  }

  @Test func batchNormalizationReadsItsWeightsAndWritesToTheArena() throws {
    let variant = try lowerText(
      graphText(
        "float[1,3,4,4] x, float[3] w1, float[3] w2, float[3] w3, float[3] w4", "float[1,3,4,4] y",
        "a = Relu(x) b = BatchNormalization(a, w1, w2, w3, w4) y = Relu(b)"))
    let step = try #require(variant.steps.first { $0.kernel == "pointwise" })
    #expect(step.operands.map { $0.region == .weights } == [false, true, true, false])
  }

  /// A reshaped constant lies in the same bytes, but is packed in another way.
  @Test func weightsOfAnotherShapeArePackedOnTheirOwn() throws {
    let variant = try lowerText(
      graphText(
        "float[1,8,9,9] x, float[16,8,3,3] w1", "float[1,8,5,5] y",
        "s = Constant<value = int64[4] {8, 16, 3, 3}>() a = Conv(x, w1) w = Reshape(w1, s) y = Conv(a, w)"
      ))
    let convolutions = variant.steps.filter { $0.kernel == "conv-direct" }
    #expect(Set(convolutions.map(\.operands[1].byteOffset)).count == 2)
  }

  @Test func borderOfTooManyRepeatedElementsIsUnsupported() throws {
    let text = graphText(
      "float[2] x", "float[65539] y",
      "p = Constant<value = int64[2] {0, 65537}>() y = Pad<mode = \"edge\">(x, p)")
    let error = #expect(throws: TesseraError.self) { try lowerText(text) }
    #expect(error?.kind == .unsupported)
  }

  @Test func moreDimensionsThanAKernelTakesAreUnsupported() throws {
    // Dimensions that broadcast by turns cannot be taken together.
    let left = (0..<17).map { $0.isMultiple(of: 2) ? "2" : "1" }.joined(separator: ",")
    let right = (0..<17).map { $0.isMultiple(of: 2) ? "1" : "2" }.joined(separator: ",")
    let result = Array(repeating: "2", count: 17).joined(separator: ",")
    let error = #expect(throws: TesseraError.self) {
      try lowerText(
        graphText("float[\(left)] x, float[\(right)] z", "float[\(result)] y", "y = Add(x, z)"))
    }
    #expect(error?.kind == .unsupported)
  }

  @Test func dropoutThatMayTrainIsUnsupported() throws {
    let text = graphText(
      "float[4] x, bool t", "float[4] y", "r = Constant<value = float {0.5}>() y = Dropout(x, r, t)"
    )
    #expect(throws: TesseraError.self) { try lowerText(text) }
  }

  @Test func everythingUnsupportedIsListed() throws {
    let text = graphText(
      "int64[4] x, int64[2] i, float[4] z", "int64[4] y, float[2] g",
      "y = Add(x, x) g = Gather(z, i)")
    let error = #expect(throws: TesseraError.self) { try lowerText(text) }
    #expect(error?.kind == .unsupported)
    #expect(error?.diagnostics.count == 2)
    #expect(error?.description.contains("node 'y' (Add)") == true)
    #expect(error?.description.contains("node 'g' (Gather)") == true)
  }
  @Test func whatFollowsFromAnotherProblemIsNotListed() throws {
    let text = graphText(
      "int64[4] x, int64[2] i, float[4] z", "float[2] g, float[2] h, int64[2,2] r",
      """
      y = Add(x, x) s = Constant<value = int64[2] {2, 2}>() r = Reshape(y, s)
      a = Gather(z, i) g = Relu(a) h = Add(g, a)
      """)
    let error = #expect(throws: TesseraError.self) { try lowerText(text) }
    #expect(error?.diagnostics.count == 2)
    #expect(error?.description.contains("producer") == false)
  }
}
