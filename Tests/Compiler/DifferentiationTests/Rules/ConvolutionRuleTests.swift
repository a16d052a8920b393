import Testing

@Suite struct ConvolutionRuleTests {
  @Test func convOfStride1() throws {
    try expectGradients(
      withRespectTo: ["x", "w", "b"],
      in: """
        g (float[1, 2, 5, 5] x, float[4, 2, 3, 3] w, float[4] b)
          => (float[1, 4, 5, 5] y) { y = Conv <pads = [1, 1, 1, 1]> (x, w, b) }
        """,
      are: """
        g (float[1,2,5,5] x, float[4,2,3,3] w, float[4] b) => (float[1,4,5,5] y,
          float[1,2,5,5] "x.gradient", float[4,2,3,3] "w.gradient", float[4] "b.gradient")
        <float[1,4,5,5] "y.gradient" = {\(ones(100))},
         int64[4] "y.backward" = {1, 4, 2, 9},
         int64[1] "y.backward_2" = {8},
         int64[1] "y.backward_3" = {-10},
         int64[1] "y.backward_4" = {3},
         int64[1] "y.backward_5" = {-1},
         int64[4] "y.backward_8" = {2, 4, 3, 3},
         int64[3] "y.backward_12" = {0, 2, 3}> {
          y = Conv <pads = [1, 1, 1, 1]> (x, w, b)
          "y.backward_1" = Reshape (w, "y.backward")
          "y.backward_6" = Slice ("y.backward_1", "y.backward_2", "y.backward_3", "y.backward_4",
                "y.backward_5")
          "y.backward_7" = Transpose <perm = [0, 2, 1, 3]> ("y.backward_6")
          "y.backward_9" = Reshape ("y.backward_7", "y.backward_8")
          "x.gradient" = Conv <dilations = [1, 1], group = 1, kernel_shape = [3, 3], pads = [1,
                1, 1, 1], strides = [1, 1]> ("y.gradient", "y.backward_9")
          "w.gradient" = tessera.ConvWeightGradient <dilations = [1, 1], group = 1,
                kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [1, 1]> (x, "y.gradient")
          "b.gradient" = ReduceSum <keepdims = 0> ("y.gradient", "y.backward_12")
        }
        """)
  }

  @Test func convOfStride2() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 5, 5] x, float[4, 2, 3, 3] w, float[4] b)
          => (float[1, 4, 2, 2] y) { y = Conv <strides = [2, 2]> (x, w, b) }
        """,
      are: """
        g (float[1,2,5,5] x, float[4,2,3,3] w, float[4] b) => (float[1,4,2,2] y,
          float[1,2,5,5] "x.gradient")
        <float[1,4,2,2] "y.gradient" = {\(ones(16))}> {
          y = Conv <strides = [2, 2]> (x, w, b)
          "x.gradient" = ConvTranspose <dilations = [1, 1], group = 1, kernel_shape = [3, 3],
                pads = [0, 0, 0, 0], strides = [2, 2]> ("y.gradient", w)
        }
        """)
  }

  @Test func convThatLeavesElementsOut() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 5, 5] x, float[4, 2, 2, 2] w, float[4] b)
          => (float[1, 4, 2, 2] y) { y = Conv <strides = [2, 2]> (x, w, b) }
        """,
      are: """
        g (float[1,2,5,5] x, float[4,2,2,2] w, float[4] b) => (float[1,4,2,2] y,
          float[1,2,5,5] "x.gradient")
        <float[1,4,2,2] "y.gradient" = {\(ones(16))}> {
          y = Conv <strides = [2, 2]> (x, w, b)
          "x.gradient" = ConvTranspose <dilations = [1, 1], group = 1, kernel_shape = [2, 2],
                output_padding = [1, 1], pads = [0, 0, 0, 0], strides = [2, 2]> ("y.gradient",
                w)
        }
        """)
  }

  @Test func convByGroups() throws {
    try expectGradients(
      withRespectTo: ["x", "w"],
      in: """
        g (float[1, 4, 5, 5] x, float[4, 2, 3, 3] w, float[4] b)
          => (float[1, 4, 3, 3] y) { y = Conv <group = 2> (x, w, b) }
        """,
      are: """
        g (float[1,4,5,5] x, float[4,2,3,3] w, float[4] b) => (float[1,4,3,3] y,
          float[1,4,5,5] "x.gradient", float[4,2,3,3] "w.gradient")
        <float[1,4,3,3] "y.gradient" = {\(ones(36))},
         int64[4] "y.backward" = {2, 2, 2, 9},
         int64[1] "y.backward_2" = {8},
         int64[1] "y.backward_3" = {-10},
         int64[1] "y.backward_4" = {3},
         int64[1] "y.backward_5" = {-1},
         int64[4] "y.backward_8" = {4, 2, 3, 3}> {
          y = Conv <group = 2> (x, w, b)
          "y.backward_1" = Reshape (w, "y.backward")
          "y.backward_6" = Slice ("y.backward_1", "y.backward_2", "y.backward_3", "y.backward_4",
                "y.backward_5")
          "y.backward_7" = Transpose <perm = [0, 2, 1, 3]> ("y.backward_6")
          "y.backward_9" = Reshape ("y.backward_7", "y.backward_8")
          "x.gradient" = Conv <dilations = [1, 1], group = 2, kernel_shape = [3, 3], pads = [2,
                2, 2, 2], strides = [1, 1]> ("y.gradient", "y.backward_9")
          "w.gradient" = tessera.ConvWeightGradient <dilations = [1, 1], group = 2,
                kernel_shape = [3, 3], pads = [0, 0, 0, 0], strides = [1, 1]> (x, "y.gradient")
        }
        """)
  }

  @Test func convOfPixels() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 5, 5] x, float[4, 2, 1, 1] w, float[4] b)
          => (float[1, 4, 5, 5] y) { y = Conv <kernel_shape = [1, 1]> (x, w, b) }
        """,
      are: """
        g (float[1,2,5,5] x, float[4,2,1,1] w, float[4] b) => (float[1,4,5,5] y,
          float[1,2,5,5] "x.gradient")
        <float[1,4,5,5] "y.gradient" = {\(ones(100))},
         int64[4] "y.backward" = {1, 4, 2, 1},
         int64[4] "y.backward_3" = {2, 4, 1, 1}> {
          y = Conv <kernel_shape = [1, 1]> (x, w, b)
          "y.backward_1" = Reshape (w, "y.backward")
          "y.backward_2" = Transpose <perm = [0, 2, 1, 3]> ("y.backward_1")
          "y.backward_4" = Reshape ("y.backward_2", "y.backward_3")
          "x.gradient" = Conv <dilations = [1, 1], group = 1, kernel_shape = [1, 1], pads = [0,
                0, 0, 0], strides = [1, 1]> ("y.gradient", "y.backward_4")
        }
        """)
  }

  /// And before opset 10, which has no `Slice` backwards.
  @Test func convWithSamePadding() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 5, 5] x, float[4, 2, 2, 2] w, float[4] b)
          => (float[1, 4, 5, 5] y) { y = Conv <auto_pad = "SAME_LOWER"> (x, w, b) }
        """,
      are: """
        g (float[1,2,5,5] x, float[4,2,2,2] w, float[4] b) => (float[1,4,5,5] y,
          float[1,2,5,5] "x.gradient")
        <float[1,4,5,5] "y.gradient" = {\(ones(100))},
         int64[4] "y.backward" = {1, 4, 2, 4},
         int64[4] "y.backward_2" = {3, 2, 1, 0},
         int64[4] "y.backward_5" = {2, 4, 2, 2}> {
          y = Conv <auto_pad = "SAME_LOWER"> (x, w, b)
          "y.backward_1" = Reshape (w, "y.backward")
          "y.backward_3" = Gather <axis = 3> ("y.backward_1", "y.backward_2")
          "y.backward_4" = Transpose <perm = [0, 2, 1, 3]> ("y.backward_3")
          "y.backward_6" = Reshape ("y.backward_4", "y.backward_5")
          "x.gradient" = Conv <dilations = [1, 1], group = 1, kernel_shape = [2, 2], pads = [0,
                0, 1, 1], strides = [1, 1]> ("y.gradient", "y.backward_6")
        }
        """, opsetVersion: 9)
  }

  @Test func convWithMorePaddingThanWindowsReach() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 5, 5] x, float[4, 2, 1, 1] w, float[4] b)
          => (float[1, 4, 7, 7] y) { y = Conv <pads = [1, 1, 1, 1]> (x, w, b) }
        """,
      are: """
        g (float[1,2,5,5] x, float[4,2,1,1] w, float[4] b) => (float[1,4,7,7] y,
          float[1,2,5,5] "x.gradient")
        <float[1,4,7,7] "y.gradient" = {\(ones(196))}> {
          y = Conv <pads = [1, 1, 1, 1]> (x, w, b)
          "x.gradient" = ConvTranspose <dilations = [1, 1], group = 1, kernel_shape = [1, 1],
                pads = [1, 1, 1, 1], strides = [1, 1]> ("y.gradient", w)
        }
        """)
  }
}
