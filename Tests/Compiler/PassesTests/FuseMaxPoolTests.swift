import Testing

@Suite struct FuseMaxPoolTests {
  private let name = "fuse-max-pool"

  private func graph(_ body: String, extent: String, outputs: String) -> String {
    """
    g (float[N, 1, \(extent), \(extent)] x) => (\(outputs)) <float[1, 1, 1, 1] w = {2}> {
      \(body)
    }
    """
  }

  private func keeps(
    _ pool: String, extent: String = "4", outputs: String = "y",
    conv: String = fusedConv("x, w")
  ) throws {
    try expect(
      name, keeps: graph("c = \(conv) \(pool)", extent: extent, outputs: outputs))
  }

  @Test(arguments: [("4", ""), ("5", ""), ("H", ""), ("4", ", ceil_mode = 1")])
  func fusesTwoByTwo(extent: String, attributes: String) throws {
    let activation = #"activation = "relu""#
    let pool = "MaxPool <kernel_shape = [2, 2], strides = [2, 2]\(attributes)> (c)"
    try expect(
      name,
      turns: graph(
        "c = \(fusedConv("x, w", activation: activation)) pool5 = \(pool)", extent: extent,
        outputs: "pool5"),
      into: graph(
        "pool5 = \(fusedConv("x, w", activation: activation, pools: true))", extent: extent,
        outputs: "pool5"))
  }

  @Test(arguments: ["5", "H"])
  func keepsCeilingOfOddOrUnknownExtents(extent: String) throws {
    try keeps(
      "y = MaxPool <kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1> (c)", extent: extent)
  }

  @Test(arguments: [
    "kernel_shape = [2, 2]", "kernel_shape = [3, 3], strides = [2, 2]",
    "kernel_shape = [2, 2], strides = [2, 1]",
    "kernel_shape = [2, 2], strides = [2, 2], pads = [1, 1, 1, 1]",
    "kernel_shape = [2, 2], strides = [2, 2], dilations = [2, 2]",
  ])
  func keepsOtherWindows(attributes: String) throws {
    try keeps("y = MaxPool <\(attributes)> (c)")
  }

  @Test func keepsOtherUses() throws {
    let pool = "y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (c)"
    try keeps(pool, outputs: "y, c")
    try keeps(pool + " z = Relu (c)", outputs: "y, z")
  }

  @Test func keepsASecondPooling() throws {
    try keeps(
      "y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (c)",
      conv: fusedConv("x, w", pools: true))
  }

  @Test func keepsAveragePooling() throws {
    try keeps("y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (c)")
  }
}
