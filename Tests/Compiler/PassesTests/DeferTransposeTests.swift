import Testing

@Suite struct DeferTransposeTests {
  private let name = "defer-transpose"

  private func graph(
    _ body: String, outputs: String = "float[N, 4, 4, 2] y", constants: String = ""
  ) -> String {
    """
    g (float[N, 2, 4, 4] x, float[N, 2, 4, 4] z, float[N, 4, 4, 2] r) => (\(outputs))
    <float[2] s = {1, 2}, float[2] b = {3, 4}, float[2, 3] w = {1, 2, 3, 4, 5, 6}, float half = {0.5}\(constants)> {
      t = Transpose <perm = [0, 2, 3, 1]> (x)
      \(body)
    }
    """
  }

  @Test func normalizesChannels() throws {
    try expect(
      name, turns: graph("y = LayerNormalization <axis = 3, epsilon = 0.01> (t, s, b)"),
      into: graph(
        """
        y_images = tessera.ChannelNormalization <epsilon = 0.01> (x, s, b)
        y = Transpose <perm = [0, 2, 3, 1]> (y_images)
        """))
  }

  @Test(arguments: [false, true])
  func convolves(transposed: Bool) throws {
    let matrix =
      transposed ? "float[3, 2] v = {1, 4, 2, 5, 3, 6}" : "float[2, 3] v = {1, 2, 3, 4, 5, 6}"
    let windows = ", float[3, 2, 1, 1] v_windows = {1, 4, 2, 5, 3, 6}"
    let relu = #"activation = "relu""#
    try expect(
      name,
      turns: graph(
        "y = \(fusedGemm("t, v", transB: transposed ? 1 : 0, activation: relu))",
        outputs: "float[N, 4, 4, 3] y", constants: ", " + matrix),
      into: graph(
        """
        y_images = \(fusedConv("x, v_windows", activation: relu))
        y = Transpose <perm = [0, 2, 3, 1]> (y_images)
        """, outputs: "float[N, 4, 4, 3] y", constants: ", " + matrix + windows))
  }

  /// Back to images, after element-wise nodes of all operands that they may have.
  @Test func isGoneWhereTheChannelsComeBack() throws {
    try expect(
      name,
      turns: graph(
        """
        u = Transpose <perm = [0, 2, 3, 1]> (z)
        c = Mul (s, t)
        d = Add (c, u)
        e = Div (d, half)
        f = Transpose <perm = [0, 3, 1, 2]> (e)
        y = Relu (f)
        """, outputs: "float[N, 2, 4, 4] y"),
      into: graph(
        """
        u = Transpose <perm = [0, 2, 3, 1]> (z)
        c_images = Mul (s_channels, x)
        c = Transpose <perm = [0, 2, 3, 1]> (c_images)
        d_images = Add (c_images, z)
        d = Transpose <perm = [0, 2, 3, 1]> (d_images)
        e_images = Div (d_images, half)
        e = Transpose <perm = [0, 2, 3, 1]> (e_images)
        y = Relu (e_images)
        """, outputs: "float[N, 2, 4, 4] y",
        constants: ", float[2, 1, 1] s_channels = {1, 2}"))
  }

  @Test(arguments: [
    "y = LayerNormalization <axis = 2> (t, s)",  // over columns too
    "y = Add (t, r)",  // an operand that has the channels last
    "y = Softmax (t)",
  ])
  func keeps(node: String) throws { try expect(name, keeps: graph(node)) }
}
