import Testing

@Suite struct FusePointwiseTests {
  private let name = "fuse-pointwise"

  private func graph(
    _ body: String, inputs: String = "float[N, 2, 3, 3] x, float[N, 2, 3, 3] z",
    outputs: String = "float[N, 2, 3, 3] y"
  ) -> String {
    """
    g (\(inputs)) => (\(outputs))
    <float three = {3}, float six = {6}, float zero = {0}, float[1, 1, 1, 1, 1] deep = {2}> { \(body) }
    """
  }

  @Test func fusesAChain() throws {
    try expect(
      name, turns: graph("a = Add (x, z) y = Relu (a)"),
      into: graph(
        #"y = tessera.Pointwise <program = ["add 0 1", "constant 0.0", "maximum 2 3"]> (x, z)"#))
  }

  @Test func readsAValueThatIsUsedTwiceOnce() throws {
    try expect(
      name, turns: graph("s = Sigmoid (x) y = Mul (x, s)"),
      into: graph(#"y = tessera.Pointwise <program = ["sigmoid 0", "multiply 0 1"]> (x)"#))
  }

  /// The first node is read by two others, both in the group; constants are instructions, each once.
  @Test func fusesADiamondWithConstants() throws {
    try expect(
      name,
      turns: graph(
        "a = Add (x, z) b = Add (a, three) c = Clip (b, zero, six) d = Mul (a, c) y = Div (d, six)"
      ),
      into: graph(
        """
        y = tessera.Pointwise <program = ["add 0 1", "constant 3.0", "add 2 3", "constant 0.0",
          "maximum 4 5", "constant 6.0", "minimum 6 7", "multiply 2 8", "divide 9 7"]> (x, z)
        """))
  }

  @Test func keepsAResultThatOthersRead() throws {
    try expect(
      name,
      turns: graph(
        "a = Add (x, z) y = Relu (a) p = MaxPool <kernel_shape = [3, 3]> (a)",
        outputs: "float[N, 2, 3, 3] y, float[N, 2, 1, 1] p"),
      into: graph(
        "a = Add (x, z) y = Relu (a) p = MaxPool <kernel_shape = [3, 3]> (a)",
        outputs: "float[N, 2, 3, 3] y, float[N, 2, 1, 1] p"))
    try expect(
      name,
      keeps: graph(
        "a = Add (x, z) y = Relu (a)", outputs: "float[N, 2, 3, 3] y, float[N, 2, 3, 3] a"))
  }

  /// A function of few elements is not computed again for each of many.
  @Test func keepsAResultOfAnotherShape() throws {
    try expect(
      name,
      keeps: graph(
        "s = Sigmoid (z) y = Mul (x, s)", inputs: "float[N, 2, 3, 3] x, float[N, 2, 1, 1] z"))
  }

  @Test func keepsOtherElementTypes() throws {
    try expect(
      name,
      keeps: graph(
        "a = Add (x, z) y = Mul (a, z)", inputs: "double[2] x, double[2] z",
        outputs: "double[2] y"))
  }

  /// A constant of more dimensions than the value extends the result's shape.
  @Test func aConstantThatAddsDimensionsStaysAnOperand() throws {
    try expect(
      name,
      turns: graph(
        "a = Mul (x, deep) y = Relu (a)", outputs: "float[1, N, 2, 3, 3] y"),
      into: graph(
        #"y = tessera.Pointwise <program = ["multiply 0 1", "constant 0.0", "maximum 2 3"]> (x, deep)"#,
        outputs: "float[1, N, 2, 3, 3] y"))
  }

  /// 33 nodes are two programs: of the last 32 and of the one before them.
  @Test func fillsAProgramFromTheEnd() throws {
    let names = ["x"] + (1...32).map { "a\($0)" } + ["y"]
    func chain(_ count: Int) -> String {
      (0..<count).map { "\(names[$0 + 1]) = Sigmoid (\(names[$0]))" }.joined(separator: " ")
    }
    let program = (0..<32).map { "\"sigmoid \($0)\"" }.joined(separator: ", ")
    try expect(
      name, turns: graph(chain(33)),
      into: graph("a1 = Sigmoid (x) y = tessera.Pointwise <program = [\(program)]> (a1)"))
  }
}
