import Testing

@Suite struct PoolingRuleTests {
  @Test func globalAveragePool() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4, 5] x) => (float[2, 3, 1, 1] y) { y = GlobalAveragePool (x) }
        """,
      are: """
        g (float[2,3,4,5] x) => (float[2,3,1,1] y, float[2,3,4,5] "x.gradient")
        <float[2,3,1,1] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         float "y.backward" = {0.05},
         int64[4] "y.backward_2" = {1, 1, 4, 5}> {
          y = GlobalAveragePool (x)
          "y.backward_1" = Mul ("y.gradient", "y.backward")
          "x.gradient" = Tile ("y.backward_1", "y.backward_2")
        }
        """)
  }

  @Test func averageOfWholeWindows() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 4, 4] x)
          => (float[1, 2, 2, 2] y) {
            y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (x) }
        """,
      are: """
        g (float[1,2,4,4] x) => (float[1,2,2,2] y, float[1,2,4,4] "x.gradient")
        <float[1,2,2,2] "y.gradient" = {\(ones(8))},
         float[2,1,2,2] "y.backward" = {0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25}> {
          y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (x)
          "x.gradient" = ConvTranspose <dilations = [1, 1], group = 2, kernel_shape = [2, 2],
                pads = [0, 0, 0, 0], strides = [2, 2]> ("y.gradient", "y.backward")
        }
        """)
  }

  /// The windows at the border average fewer elements.
  @Test func averageOfClippedWindows() throws {
    try expectGradients(
      in: """
        g (float[1, 1, 3, 3] x)
          => (float[1, 1, 2, 2] y) {
            y = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2]> (x) }
        """,
      are: """
        g (float[1,1,3,3] x) => (float[1,1,2,2] y, float[1,1,3,3] "x.gradient")
        <float[1,1,2,2] "y.gradient" = {1.0, 1.0, 1.0, 1.0},
         float[1,1,3,3] "y.backward" = {0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25,
            0.25}> {
          y = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2]> (x)
          "x.gradient" = ConvTranspose <dilations = [1, 1], group = 1, kernel_shape = [3, 3],
                pads = [1, 1, 1, 1], strides = [2, 2]> ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func averageThatLeavesElementsOut() throws {
    try expectGradients(
      in: """
        g (float[1, 1, 3, 4] x)
          => (float[1, 1, 1, 2] y) {
            y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (x) }
        """,
      are: """
        g (float[1,1,3,4] x) => (float[1,1,1,2] y, float[1,1,3,4] "x.gradient")
        <float[1,1,1,2] "y.gradient" = {1.0, 1.0},
         float[1,1,2,2] "y.backward" = {0.25, 0.25, 0.25, 0.25}> {
          y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (x)
          "x.gradient" = ConvTranspose <dilations = [1, 1], group = 1, kernel_shape = [2, 2],
                output_padding = [1, 0], pads = [0, 0, 0, 0], strides = [2, 2]> ("y.gradient",
                "y.backward")
        }
        """)
  }

  @Test func maxPool() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 5, 4] x)
          => (float[1, 2, 3, 2] y) {
            y = MaxPool <ceil_mode = 1, kernel_shape = [2, 2], strides = [2, 2]> (x) }
        """,
      are: """
        g (float[1,2,5,4] x) => (float[1,2,3,2] y, float[1,2,5,4] "x.gradient")
        <float[1,2,3,2] "y.gradient" = {\(ones(12))}> {
          y = MaxPool <ceil_mode = 1, kernel_shape = [2, 2], strides = [2, 2]> (x)
          "x.gradient" = tessera.MaxPoolGradient <ceil_mode = 1, kernel_shape = [2, 2],
                strides = [2, 2]> (x, y, "y.gradient")
        }
        """)
  }
}
