import Tensors
import Testing

@testable import GraphIR

/// The normal form of parameters, whatever the opset version writes.
@Suite struct ParametersTests {
  private func parameters<Value>(
    _ text: TextGraph, _ read: (Node, Graph, Int) throws -> Value
  ) throws -> Value {
    let graph = try text.parsed()
    return try read(try #require(graph.nodes.last), graph, text.opsetVersion)
  }

  @Test func convResolvesPadding() throws {
    let inputs = "float[1,3,9,10] x, float[4,3,3,4] w"
    // 9 rows at stride 2 give 5 windows over (5 − 1)·2 + 3 = 11 rows; 10 columns at stride 1 give 10
    // over 13 columns.
    for (autoPad, begin, end) in [
      ("SAME_UPPER", [1, 1], [1, 2]), ("SAME_LOWER", [1, 2], [1, 1]), ("VALID", [0, 0], [0, 0]),
    ] {
      let conv = try parameters(
        TextGraph("y = Conv <auto_pad=\"\(autoPad)\", strides=[2,1]> (x, w)", inputs: inputs)
      ) { try ConvParameters($0, in: $1, opsetVersion: $2) }
      #expect(conv.kernel == [3, 4])
      #expect(conv.padsBegin == begin)
      #expect(conv.padsEnd == end)
      #expect(conv.outputExtent(0, of: 9) == (autoPad == "VALID" ? 4 : 5))
    }
    let explicit = try parameters(
      TextGraph("y = Conv <pads=[1,2,3,4], group=1> (x, w)", inputs: inputs)
    ) { try ConvParameters($0, in: $1, opsetVersion: $2) }
    #expect(explicit.padsBegin == [1, 2])
    #expect(explicit.padsEnd == [3, 4])
    #expect(explicit.strides == [1, 1])
  }

  @Test func convNeedsFixedExtentsForSamePadding() throws {
    let error = #expect(throws: TesseraError.self) {
      try parameters(
        TextGraph(
          "y = Conv <auto_pad=\"SAME_UPPER\"> (x, w)", inputs: "float[1,3,H,W] x, float[4,3,3,3] w")
      ) { try ConvParameters($0, in: $1, opsetVersion: $2) }
    }
    #expect(error?.kind == .unsupported)
  }

  @Test func poolLeavesOutWindowsThatStartInTheEndPadding() throws {
    let pool = try parameters(
      TextGraph(
        "y = MaxPool <kernel_shape=[1,1], strides=[2,3], pads=[0,0,1,1], ceil_mode=1> (x)",
        inputs: "float[1,1,4,3] x")
    ) { try PoolParameters($0, in: $1, opsetVersion: $2) }
    // Rows: windows start at 0, 2 and 4, but 4 is padding. Columns: 0 and 3, of which 3 is padding.
    #expect(pool.outputExtents(for: [4, 3]) == [2, 1])
    #expect(pool.ceilMode)
    #expect(!pool.countsPadding)
  }

  @Test func softmaxExtents() throws {
    let shape = try #require(Shape([2, 3, 4, 5]))
    let inputs = "float[2,3,4,5] x"
    let old = try parameters(TextGraph("y = Softmax (x)", inputs: inputs, opset: 12)) {
      try SoftmaxParameters($0, in: $1, opsetVersion: $2)
    }
    #expect(old == SoftmaxParameters(axis: 1, coercesTo2D: true))
    #expect(old.extents(of: shape) == (2, 60, 1))
    let new = try parameters(TextGraph("y = Softmax <axis=-3> (x)", inputs: inputs)) {
      try SoftmaxParameters($0, in: $1, opsetVersion: $2)
    }
    #expect(new == SoftmaxParameters(axis: 1, coercesTo2D: false))
    #expect(new.extents(of: shape) == (2, 3, 20))
  }

  @Test func clipReadsAttributesAndInputs() throws {
    let old = try parameters(
      TextGraph("y = Clip <min=0.0, max=6.0> (x)", inputs: "float[2] x", opset: 6 + 1)
    ) { try ClipParameters($0, in: $1, opsetVersion: $2) }
    let new = try parameters(
      TextGraph(
        "y = Clip (x, l, h)", inputs: "float[2] x", constants: "float l = {0}, float[1] h = {6}")
    ) { try ClipParameters($0, in: $1, opsetVersion: $2) }
    #expect(old == ClipParameters(min: 0, max: 6))
    #expect(new == old)
    let open = try parameters(TextGraph("y = Clip (x)", inputs: "float[2] x")) {
      try ClipParameters($0, in: $1, opsetVersion: $2)
    }
    #expect(open == ClipParameters())
  }

  @Test func padSpreadsAxes() throws {
    let pad = try parameters(
      TextGraph(
        "y = Pad (x, p, v, a)", inputs: "float[1,3,8,8] x",
        constants: "int64[4] p = {1, 2, 3, 4}, float v = {0.5}, int64[2] a = {3, -2}")
    ) { try PadParameters($0, in: $1, opsetVersion: $2) }
    #expect(
      pad == PadParameters(before: [0, 0, 2, 1], after: [0, 0, 4, 3], value: 0.5))
  }

  @Test func sliceClamps() throws {
    let slice = try parameters(
      TextGraph(
        "y = Slice (x, s, e, a, t)", inputs: "float[5,6] x",
        constants: """
          int64[2] s = {100, -100}, int64[2] e = {-100, 4}, int64[2] a = {0, 1},
          int64[2] t = {-2, 3}
          """)
    ) { try SliceParameters($0, in: $1, opsetVersion: $2) }
    #expect(slice.starts == [4, 0])
    #expect(slice.ends == [-1, 4])
    #expect(slice.steps == [-2, 3])
    #expect(slice.extents == [3, 2])
  }

  @Test func axesOfBothForms() throws {
    let old = try parameters(
      TextGraph("y = Unsqueeze <axes=[2,0]> (x)", inputs: "float[5] x", opset: 12)
    ) { try UnsqueezeParameters($0, in: $1, opsetVersion: $2) }
    let new = try parameters(
      TextGraph("y = Unsqueeze (x, a)", inputs: "float[5] x", constants: "int64[2] a = {-1, 0}")
    ) { try UnsqueezeParameters($0, in: $1, opsetVersion: $2) }
    #expect(old.axes == [0, 2])
    #expect(new.axes == [0, 2])
    let all = try parameters(TextGraph("y = Squeeze (x)", inputs: "float[1,5,1] x")) {
      try SqueezeParameters($0, in: $1, opsetVersion: $2)
    }
    #expect(all.axes == [0, 2])
  }

  @Test func fusedParametersSurviveTheirAttributes() throws {
    let conv = FusedConvParameters(
      convolution: ConvParameters(
        kernel: [3, 2], strides: [2, 1], dilations: [1, 2], padsBegin: [1, 0], padsEnd: [0, 1],
        group: 2), activation: .clamp(low: 0, high: 6), poolsMax2x2: true)
    var graph = try TextGraph("", inputs: "float[1,4,9,9] x, float[6,2,3,2] w").parsed()
    let node = Node(
      "Conv", domain: "tessera", inputs: ["x", "w"], outputs: ["y"], attributes: conv.attributes)
    #expect(try FusedConvParameters(node, in: graph, opsetVersion: 21) == conv)
    graph.nodes = [node]
    try graph.inferTypes(opsetVersion: 21)
    // Rows: (9 + 1 − 3) / 2 + 1 = 4, pooled 2. Columns: (9 + 1 − 3) / 1 + 1 = 8, pooled 4.
    #expect(graph.types["y"]?.description == "float[1, 6, 2, 4]")

    let gemm = FusedGemmParameters(transB: true, activation: .relu)
    let dense = Node(
      "Gemm", domain: "tessera", inputs: ["x", "w"], outputs: ["y"], attributes: gemm.attributes)
    #expect(try FusedGemmParameters(dense, in: graph, opsetVersion: 21) == gemm)
  }
}
