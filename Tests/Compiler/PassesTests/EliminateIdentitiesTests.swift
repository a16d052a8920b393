import Testing

@Suite struct EliminateIdentitiesTests {
  private let name = "eliminate-identities"

  private func graph(_ operation: String, type: String = "float[N, 2, 3, 3]") -> String {
    """
    g (\(type) x) => (\(type) y)
    <int64[4] shape = {0, 2, 3, 3}, int64[8] none = {0, 0, 0, 0, 0, 0, 0, 0},
     int64[8] shift = {0, 0, 1, 0, 0, 0, -1, 0}, int64[1] start = {0}, int64[1] end = {3},
     int64[1] last = {-1}, int64[1] before = {-9}, int64[1] axis = {2}, int64[1] step = {-1},
     float half = {0.5}> {
      \(operation)
    }
    """
  }

  @Test(arguments: [
    "Identity (a)", "Dropout (a)", "Dropout (a, half)", "Cast <to = 1> (a)",
    "Transpose <perm = [0, 1, 2, 3]> (a)", "Reshape (a, shape)", "Pad (a, none)",
    #"Pad <mode = "edge"> (a, none)"#, "Concat <axis = 1> (a)",
    "MaxPool <kernel_shape = [1, 1]> (a)",
    "AveragePool <kernel_shape = [1, 1], strides = [1, 1], count_include_pad = 1> (a)",
  ])
  func removes(operation: String) throws {
    try expect(
      name, turns: graph("a = Relu (x) b = \(operation) y = Relu (b)"),
      into: graph("a = Relu (x) y = Relu (a)"))
  }

  @Test func removesASliceOfEverything() throws {
    let type = "float[1, 2, 3, 3]"
    try expect(
      name,
      turns: graph("a = Relu (x) b = Slice (a, start, end, axis) y = Relu (b)", type: type),
      into: graph("a = Relu (x) y = Relu (a)", type: type))
    try expect(
      name,
      keeps: graph("a = Relu (x) b = Slice (a, last, before, axis, step) y = Relu (b)", type: type))
  }

  @Test func removesAnAverageOfSingleElements() throws {
    let type = "float[N, 2, 1, 1]"
    try expect(
      name, turns: graph("a = Relu (x) b = GlobalAveragePool (a) y = Relu (b)", type: type),
      into: graph("a = Relu (x) y = Relu (a)", type: type))
  }

  @Test func removesFlatteningOfAMatrix() throws {
    try expect(
      name, turns: graph("a = Relu (x) b = Flatten (a) y = Relu (b)", type: "float[N, 7]"),
      into: graph("a = Relu (x) y = Relu (a)", type: "float[N, 7]"))
  }

  @Test(arguments: [
    "Pad (a, shift)", "MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (a)",
    "Transpose <perm = [0, 1, 3, 2]> (a)",
  ])
  func keepsNodesThatOnlyKeepTheShape(operation: String) throws {
    try expect(name, keeps: graph("a = Relu (x) b = \(operation) y = Relu (b)"))
  }

  @Test func keepsAConcatenationOfSeveral() throws {
    try expect(
      name, keeps: "g (float[N, 2] x) => (float[N, 4] y) { y = Concat <axis = 1> (x, x) }")
  }

  @Test func keepsADropoutThatMayTrain() throws {
    try expect(
      name,
      keeps: "g (float[N] x, float r, bool t) => (float[N] y) { y = Dropout (x, r, t) }")
  }

  @Test func keepsACastThatConverts() throws {
    try expect(name, keeps: "g (int64[N] x) => (float[N] y) { y = Cast <to = 1> (x) }")
  }

  @Test func letsTheProducerTakeTheNameOfAnOutput() throws {
    try expect(
      name, turns: graph("a = Relu (x) c = Relu (a) y = Identity (a)"),
      into: graph("y = Relu (x) c = Relu (y)"))
  }

  @Test func keepsAnOutputThatEqualsAnInputOrAnOutput() throws {
    try expect(name, keeps: graph("y = Identity (x)"))
    try expect(
      name,
      keeps: """
        g (float[N] x) => (float[N] y, float[N] z) {
          y = Relu (x)
          z = Identity (y)
        }
        """)
  }

  @Test func removesChains() throws {
    try expect(
      name, turns: graph("a = Relu (x) b = Identity (a) c = Dropout (b) y = Identity (c)"),
      into: graph("y = Relu (x)"))
  }
}
