import Tensors
import Testing

@testable import GraphIR

/// Evaluation of constants, against values computed by hand.
@Suite struct EvaluationTests {
  @Test func arithmeticBroadcasts() throws {
    let constants = "float[2,1] a = {1, 2}, float[3] b = {10, 20, 40}"
    #expect(
      try TextGraph("y = Add (a, b)", constants: constants).elements(as: Float.self)
        == [11, 21, 41, 12, 22, 42])
    #expect(
      try TextGraph("y = Sub (a, b)", constants: constants).elements(as: Float.self)
        == [-9, -19, -39, -8, -18, -38])
    #expect(
      try TextGraph("y = Mul (a, b)", constants: constants).elements(as: Float.self)
        == [10, 20, 40, 20, 40, 80])
    #expect(
      try TextGraph("y = Div (b, a)", constants: constants).elements(as: Float.self)
        == [10, 20, 40, 5, 10, 20])
  }

  @Test func integersWrapAndDivideTowardsZero() throws {
    let constants = """
      int32[3] a = {2147483647, -7, -2147483648}, int32[3] b = {1, 2, -1}
      """
    #expect(
      try TextGraph("y = Add (a, b)", constants: constants).elements(as: Int32.self)
        == [.min, -5, .max])
    #expect(
      try TextGraph("y = Div (a, b)", constants: constants).elements(as: Int32.self)
        == [.max, -3, .min])
  }

  @Test func integerDivisionByZeroThrows() throws {
    let graph = TextGraph("y = Div (a, b)", constants: "int64[2] a = {4, 6}, int64[2] b = {2, 0}")
    let error = #expect(throws: TesseraError.self) { try graph.evaluated() }
    #expect(
      error?.description == "node 'y' (Div): it divides the integer 6 by zero")
  }

  @Test func transposes() throws {
    let graph = TextGraph(
      "y = Transpose <perm=[2,0,1]> (a)",
      constants: "int64[2,1,3] a = {1, 2, 3, 4, 5, 6}")
    #expect(try graph.elements(as: Int64.self) == [1, 4, 2, 5, 3, 6])
    #expect(try graph.evaluated()["y"]?.shape.dimensions == [3, 2, 1])
  }

  @Test func slicesBackwards() throws {
    let graph = TextGraph(
      "y = Slice (a, s, e, x, t)",
      constants: """
        float[2,4] a = {0, 1, 2, 3, 10, 11, 12, 13}, int64[1] s = {-1}, int64[1] e = {-100},
        int64[1] x = {1}, int64[1] t = {-2}
        """)
    #expect(try graph.elements(as: Float.self) == [3, 1, 13, 11])
  }

  @Test func slicesWithAttributes() throws {
    let graph = TextGraph(
      "y = Slice <starts=[1], ends=[1000], axes=[-1]> (a)",
      constants: "float[2,3] a = {0, 1, 2, 3, 4, 5}", opset: 9)
    #expect(try graph.elements(as: Float.self) == [1, 2, 4, 5])
  }

  @Test func gathersWithNegativeIndices() throws {
    let graph = TextGraph(
      "y = Gather <axis=1> (a, i)",
      constants: "uint8[2,3] a = {1, 2, 3, 4, 5, 6}, int32[2] i = {-1, 0}")
    #expect(try graph.elements(as: UInt8.self) == [3, 1, 6, 4])
    let scalar = TextGraph(
      "y = Gather (a, i)", constants: "int64[3] a = {7, 8, 9}, int64 i = {-2}")
    #expect(try scalar.evaluated()["y"]?.shape.dimensions == [])
    #expect(try scalar.elements(as: Int64.self) == [8])
  }

  @Test func gatherRefusesIndicesOutside() throws {
    let graph = TextGraph(
      "y = Gather (a, i)", constants: "int64[3] a = {7, 8, 9}, int64 i = {3}")
    #expect(throws: TesseraError.self) { try graph.evaluated() }
    #expect(
      try graph.errors() == [
        "node 'y' (Gather): its index 3 lies outside the 3 of dimension 0"
      ])
  }

  @Test func concatenates() throws {
    let graph = TextGraph(
      "y = Concat <axis=-1> (a, b, a)",
      constants: "int16[2,1] a = {1, 2}, int16[2,2] b = {3, 4, 5, 6}")
    #expect(try graph.elements(as: Int16.self) == [1, 3, 4, 1, 2, 5, 6, 2])
  }

  /// A row 1 2 3 and what each mode puts around it.
  @Test(
    arguments: [
      ("constant", [0, 0, 0, 0, 1, 2, 3, 0, 0]), ("edge", [1, 1, 1, 1, 1, 2, 3, 3, 3]),
      ("reflect", [1, 2, 3, 2, 1, 2, 3, 2, 1]),
      ("wrap", [3, 1, 2, 3, 1, 2, 3, 1, 2]),
    ] as [(String, [Float])]) func pads(mode: String, expected: [Float]) throws
  {
    let graph = TextGraph(
      "y = Pad <mode=\"\(mode)\"> (a, p)",
      constants: "float[3] a = {1, 2, 3}, int64[2] p = {4, 2}")
    #expect(try graph.elements(as: Float.self) == expected)
  }

  @Test func padCutsWithNegativeAmounts() throws {
    let graph = TextGraph(
      "y = Pad (a, p, v, x)",
      constants: """
        int64[2,3] a = {1, 2, 3, 4, 5, 6}, int64[2] p = {-1, 1}, int64 v = {9}, int64[1] x = {-1}
        """)
    #expect(try graph.elements(as: Int64.self) == [2, 3, 9, 5, 6, 9])
  }

  @Test func clips() throws {
    let graph = TextGraph(
      "y = Clip (a, l, h)",
      constants: "float[4] a = {-2, 0.5, 7, nan}, float l = {-1}, float h = {6}")
    let elements = try graph.elements(as: Float.self)
    #expect(elements.prefix(3) == [-1, 0.5, 6])
    #expect(elements[3].isNaN)
    let old = TextGraph(
      "y = Clip <min=0.0> (a)", constants: "float[2] a = {-2, 8}", opset: 10)
    #expect(try old.elements(as: Float.self) == [0, 8])
    let integers = TextGraph(
      "y = Clip (a, \"\", h)", constants: "int8[3] a = {-2, 8, 3}, int8 h = {4}")
    #expect(try integers.elements(as: Int8.self) == [-2, 4, 3])
  }

  @Test func rectifies() throws {
    #expect(
      try TextGraph("y = Relu (a)", constants: "float[3] a = {-1, 0, 2}").elements(as: Float.self)
        == [0, 0, 2])
  }

  @Test func castsFloatsTowardsZeroAndSaturates() throws {
    let constants = "float[6] a = {-1.9, 2.9, 300, -1e20, nan, inf}"
    #expect(
      try TextGraph("y = Cast <to=7> (a)", constants: constants).elements(as: Int64.self)
        == [-1, 2, 300, .min, 0, .max])
    #expect(
      try TextGraph("y = Cast <to=2> (a)", constants: constants).elements(as: UInt8.self)
        == [0, 2, 255, 0, 0, 255])
  }

  @Test func castsIntegersModuloTheirRange() throws {
    let graph = TextGraph("y = Cast <to=3> (a)", constants: "int64[3] a = {-1, 128, 257}")
    #expect(try graph.elements(as: Int8.self) == [-1, -128, 1])
  }

  @Test func castsThroughBoolAndBfloat16() throws {
    let bool = TextGraph(
      "b = Cast <to=9> (a) y = Cast <to=1> (b)", constants: "float[4] a = {0, 0.25, nan, -3}")
    #expect(try bool.elements(as: Float.self) == [0, 1, 1, 1])
    // 1 + 2⁻⁸ lies halfway between 1 and the next bfloat16, 1 + 2⁻⁷; ties go to even.
    let rounded = TextGraph(
      "b = Cast <to=16> (a) y = Cast <to=1> (b)",
      constants: "float[3] a = {1.00390625, 1.01171875, -2.5}")
    #expect(try rounded.elements(as: Float.self) == [1, 1.015625, -2.5])
  }

  @Test func constantsInEveryForm() throws {
    #expect(try TextGraph("y = Constant <value_ints=[4,5]> ()").elements(as: Int64.self) == [4, 5])
    #expect(
      try TextGraph("y = Constant <value_floats=[0.5]> ()").elements(as: Float.self) == [0.5])
    #expect(try TextGraph("y = Constant <value_int=3> ()").evaluated()["y"]?.shape.rank == 0)
    #expect(
      try TextGraph("y = Constant <value=float[2] {1, 2}> ()", opset: 7).elements(as: Float.self)
        == [1, 2])
  }

  @Test func constantOfShapeFills() throws {
    let graph = TextGraph(
      "y = ConstantOfShape <value=int64[1] {7}> (s)", constants: "int64[2] s = {2, 2}")
    #expect(try graph.elements(as: Int64.self) == [7, 7, 7, 7])
    let zero = TextGraph("y = ConstantOfShape (s)", constants: "int64[1] s = {2}")
    #expect(try zero.elements(as: Float.self) == [0, 0])
  }

  @Test func rangeCountsFromStartToBeforeLimit() throws {
    func range(_ type: String, _ start: String, _ limit: String, _ delta: String) -> TextGraph {
      TextGraph(
        "y = Range (s, l, d)",
        constants: "\(type) s = {\(start)}, \(type) l = {\(limit)}, \(type) d = {\(delta)}")
    }
    #expect(try range("int64", "3", "9", "3").elements(as: Int64.self) == [3, 6])
    #expect(try range("int32", "10", "4", "-2").elements(as: Int32.self) == [10, 8, 6])
    #expect(try range("int16", "4", "4", "1").elements(as: Int16.self) == [])
    #expect(try range("double", "1", "2.2", "0.5").elements(as: Double.self) == [1, 1.5, 2])
    #expect(try range("float", "0", "-1", "0.5").elements(as: Float.self) == [])
    let ends = ("-9223372036854775808", "9223372036854775807")
    #expect(
      try range("int64", ends.0, ends.1, ends.1).elements(as: Int64.self) == [.min, -1, .max - 1])
    for (type, numbers, kind) in [
      ("int64", ("0", "3", "0"), TesseraError.Kind.invalidInput),
      ("float", ("0", "3", "0"), .invalidInput), ("bool", ("0", "1", "1"), .invalidInput),
      ("int64", (ends.0, ends.1, "1"), .unsupported), ("float", ("0", "1", "1e-30"), .unsupported),
    ] {
      let graph = range(type, numbers.0, numbers.1, numbers.2)
      let error = #expect(throws: TesseraError.self) { try graph.evaluated() }
      #expect(error?.kind == kind)
    }
  }

  @Test func refusesHugeResults() throws {
    let graph = TextGraph(
      "y = ConstantOfShape (s)", constants: "int64[2] s = {1000000, 1000}")
    let error = #expect(throws: TesseraError.self) { try graph.evaluated() }
    #expect(error?.kind == .unsupported)
  }

  @Test func dropoutPassesOnAndMasksNothing() throws {
    let graph = TextGraph("y, m = Dropout (a)", constants: "float[2] a = {3, 4}")
    #expect(try graph.elements(as: Float.self) == [3, 4])
    let mask = try #require(try graph.evaluated()["m"])
    #expect(mask.elementType == .bool)
    #expect(mask.withUnsafeBytes { Array($0) } == [1, 1])
  }

  @Test func reshapesShareTheElements() throws {
    let constants = "float[2,1,3] a = {1, 2, 3, 4, 5, 6}, int64[2] s = {3, -1}, int64[1] x = {1}"
    for (nodes, shape) in [
      ("y = Reshape (a, s)", [3, 2]), ("y = Flatten <axis=2> (a)", [2, 3]),
      ("y = Squeeze (a, x)", [2, 3]), ("y = Unsqueeze (a, x)", [2, 1, 1, 3]),
      ("y = Identity (a)", [2, 1, 3]),
    ] {
      let graph = TextGraph(nodes, constants: constants)
      #expect(try graph.evaluated()["y"]?.shape.dimensions == shape)
      #expect(try graph.elements(as: Float.self) == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test func shapeOfConstants() throws {
    let graph = TextGraph(
      "y = Shape <start=1> (a)", constants: "float[2,1,3] a = {1, 2, 3, 4, 5, 6}")
    #expect(try graph.elements(as: Int64.self) == [1, 3])
  }
}
