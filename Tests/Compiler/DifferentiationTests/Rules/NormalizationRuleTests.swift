import Testing

@Suite struct NormalizationRuleTests {
  @Test func softmax() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Softmax (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward_1" = {1}> {
          y = Softmax (x)
          "y.backward" = Mul ("y.gradient", y)
          "y.backward_2" = ReduceSum <keepdims = 1> ("y.backward", "y.backward_1")
          "y.backward_3" = Sub ("y.gradient", "y.backward_2")
          "x.gradient" = Mul ("y.backward_3", y)
        }
        """)
  }

  @Test func softmaxOverSeveralDimensions() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4] x) => (float[2, 3, 4] y) { y = Softmax (x) }
        """,
      are: """
        g (float[2,3,4] x) => (float[2,3,4] y, float[2,3,4] "x.gradient")
        <float[2,3,4] "y.gradient" = {\(ones(24))}> {
          y = Softmax (x)
          "y.backward" = Mul ("y.gradient", y)
          "y.backward_1" = ReduceSum <axes = [1, 2], keepdims = 1> ("y.backward")
          "y.backward_2" = Sub ("y.gradient", "y.backward_1")
          "x.gradient" = Mul ("y.backward_2", y)
        }
        """, opsetVersion: 12)
  }

  @Test func logSoftmax() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = LogSoftmax <axis = 0> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward" = {0}> {
          y = LogSoftmax <axis = 0> (x)
          "y.backward_1" = ReduceSum <keepdims = 1> ("y.gradient", "y.backward")
          "y.backward_2" = Exp (y)
          "y.backward_3" = Mul ("y.backward_2", "y.backward_1")
          "x.gradient" = Sub ("y.gradient", "y.backward_3")
        }
        """)
  }

  @Test func lrnOfAnEvenSize() throws {
    try expectGradients(
      in: """
        g (float[1, 4, 2, 2] x)
          => (float[1, 4, 2, 2] y) {
            y = LRN <alpha = 4.0, beta = 0.5, bias = 2.0, size = 4> (x) }
        """,
      are: """
        g (float[1,4,2,2] x) => (float[1,4,2,2] y, float[1,4,2,2] "x.gradient")
        <float[1,4,2,2] "y.gradient" = {\(ones(16))},
         float[4,4,1,1] "y.backward_1" = {1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0,
            1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0},
         float "y.backward_3" = {2.0},
         float "y.backward_5" = {-0.5},
         float[4,4,1,1] "y.backward_10" = {1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0,
            1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0}> {
          y = LRN <alpha = 4.0, beta = 0.5, bias = 2.0, size = 4> (x)
          "y.backward" = Mul (x, x)
          "y.backward_2" = Conv <kernel_shape = [1, 1]> ("y.backward", "y.backward_1")
          "y.backward_4" = Add ("y.backward_2", "y.backward_3")
          "y.backward_6" = Pow ("y.backward_4", "y.backward_5")
          "y.backward_7" = Mul ("y.gradient", "y.backward_6")
          "y.backward_8" = Mul ("y.gradient", y)
          "y.backward_9" = Div ("y.backward_8", "y.backward_4")
          "y.backward_11" = Conv <kernel_shape = [1, 1]> ("y.backward_9", "y.backward_10")
          "y.backward_12" = Mul (x, "y.backward_11")
          "x.gradient" = Sub ("y.backward_7", "y.backward_12")
        }
        """)
  }

  @Test func batchNormalizationOfItsInput() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4, 4] x)
          => (float[2, 3, 4, 4] y) <float[3] s = {1, 2, 3}, float[3] b = {4, 5, 6}, float[3] m = {7, 8, 9}, float[3] v = {1, 1, 1}> {
            y = BatchNormalization <epsilon = 0.25> (x, s, b, m, v) }
        """,
      are: """
        g (float[2,3,4,4] x) => (float[2,3,4,4] y, float[2,3,4,4] "x.gradient")
        <float[3] s = {1.0, 2.0, 3.0},
         float[3] b = {4.0, 5.0, 6.0},
         float[3] m = {7.0, 8.0, 9.0},
         float[3] v = {1.0, 1.0, 1.0},
         float[2,3,4,4] "y.gradient" = {\(ones(96))},
         float "y.backward" = {0.25},
         int64[3] "y.backward_4" = {3, 1, 1}> {
          y = BatchNormalization <epsilon = 0.25> (x, s, b, m, v)
          "y.backward_1" = Add (v, "y.backward")
          "y.backward_2" = Sqrt ("y.backward_1")
          "y.backward_3" = Div (s, "y.backward_2")
          "y.backward_5" = Reshape ("y.backward_3", "y.backward_4")
          "x.gradient" = Mul ("y.gradient", "y.backward_5")
        }
        """)
  }

  @Test func batchNormalizationOfItsParameters() throws {
    try expectGradients(
      withRespectTo: ["s", "b", "m", "v"],
      in: """
        g (float[2, 3, 4, 4] x)
          => (float[2, 3, 4, 4] y) <float[3] s = {1, 2, 3}, float[3] b = {4, 5, 6}, float[3] m = {7, 8, 9}, float[3] v = {1, 1, 1}> {
            y = BatchNormalization <epsilon = 0.25> (x, s, b, m, v) }
        """,
      are: """
        g (float[2,3,4,4] x) => (float[2,3,4,4] y, float[3] "s.gradient",
          float[3] "b.gradient", float[3] "m.gradient", float[3] "v.gradient")
        <float[3] s = {1.0, 2.0, 3.0},
         float[3] b = {4.0, 5.0, 6.0},
         float[3] m = {7.0, 8.0, 9.0},
         float[3] v = {1.0, 1.0, 1.0},
         float[2,3,4,4] "y.gradient" = {\(ones(96))},
         float "y.backward" = {0.25},
         int64[3] "y.backward_4" = {0, 2, 3},
         int64[3] "y.backward_8" = {3, 1, 1},
         int64[3] "y.backward_12" = {0, 2, 3},
         float "y.backward_16" = {-0.5}> {
          y = BatchNormalization <epsilon = 0.25> (x, s, b, m, v)
          "y.backward_1" = Add (v, "y.backward")
          "y.backward_2" = Sqrt ("y.backward_1")
          "y.backward_3" = Div (s, "y.backward_2")
          "b.gradient" = ReduceSum <keepdims = 0> ("y.gradient", "y.backward_4")
          "y.backward_6" = Mul ("b.gradient", "y.backward_3")
          "m.gradient" = Neg ("y.backward_6")
          "y.backward_9" = Reshape (m, "y.backward_8")
          "y.backward_10" = Sub (x, "y.backward_9")
          "y.backward_11" = Mul ("y.gradient", "y.backward_10")
          "y.backward_13" = ReduceSum <keepdims = 0> ("y.backward_11", "y.backward_12")
          "s.gradient" = Div ("y.backward_13", "y.backward_2")
          "y.backward_15" = Mul ("s.gradient", s)
          "y.backward_17" = Mul ("y.backward_15", "y.backward_16")
          "y.backward_18" = Mul ("y.backward_2", "y.backward_2")
          "v.gradient" = Div ("y.backward_17", "y.backward_18")
        }
        """)
  }
}
