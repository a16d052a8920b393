import Testing

@Suite struct StandardizationRuleTests {
  @Test func layerNormalization() throws {
    try expectGradients(
      withRespectTo: ["x", "s", "b"],
      in: """
        g (float[2, 3] x) => (float[2, 3] y) <float[3] s = {1, 2, 3}, float[3] b = {4, 5, 6}> {
          y = LayerNormalization <epsilon = 0.25> (x, s, b)
        }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient",
              float[3] "s.gradient", float[3] "b.gradient")
        <float[3] s = {1.0, 2.0, 3.0},
         float[3] b = {4.0, 5.0, 6.0},
         float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward" = {0},
         float "y.backward_6" = {0.25},
         int64[1] "y.backward_11" = {0}> {
          y = LayerNormalization <epsilon = 0.25> (x, s, b)
          "b.gradient" = ReduceSum <keepdims = 0> ("y.gradient", "y.backward")
          "y.backward_2" = ReduceMean <axes = [1], keepdims = 1> (x)
          "y.backward_3" = Sub (x, "y.backward_2")
          "y.backward_4" = Mul ("y.backward_3", "y.backward_3")
          "y.backward_5" = ReduceMean <axes = [1], keepdims = 1> ("y.backward_4")
          "y.backward_7" = Add ("y.backward_5", "y.backward_6")
          "y.backward_8" = Sqrt ("y.backward_7")
          "y.backward_9" = Div ("y.backward_3", "y.backward_8")
          "y.backward_10" = Mul ("y.gradient", "y.backward_9")
          "s.gradient" = ReduceSum <keepdims = 0> ("y.backward_10", "y.backward_11")
          "y.backward_13" = Mul ("y.gradient", s)
          "y.backward_14" = Mul ("y.backward_13", "y.backward_9")
          "y.backward_15" = ReduceMean <axes = [1], keepdims = 1> ("y.backward_14")
          "y.backward_16" = ReduceMean <axes = [1], keepdims = 1> ("y.backward_13")
          "y.backward_17" = Sub ("y.backward_13", "y.backward_16")
          "y.backward_18" = Mul ("y.backward_9", "y.backward_15")
          "y.backward_19" = Sub ("y.backward_17", "y.backward_18")
          "x.gradient" = Div ("y.backward_19", "y.backward_8")
        }
        """)
  }

  @Test func instanceNormalizationOfItsInput() throws {
    try expectGradients(
      in: """
        g (float[1, 2, 2, 2] x) => (float[1, 2, 2, 2] y) <float[2] s = {1, 2},
              float[2] b = {4, 5}> {
          y = InstanceNormalization <epsilon = 0.25> (x, s, b)
        }
        """,
      are: """
        g (float[1,2,2,2] x) => (float[1,2,2,2] y, float[1,2,2,2] "x.gradient")
        <float[2] s = {1.0, 2.0},
         float[2] b = {4.0, 5.0},
         float[1,2,2,2] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[3] "y.backward" = {1, 2, 4},
         float "y.backward_6" = {0.25},
         int64[3] "y.backward_10" = {2, 1, 1},
         int64[3] "y.backward_13" = {1, 2, 4},
         int64[4] "y.backward_22" = {1, 2, 2, 2}> {
          y = InstanceNormalization <epsilon = 0.25> (x, s, b)
          "y.backward_1" = Reshape (x, "y.backward")
          "y.backward_2" = ReduceMean <axes = [2], keepdims = 1> ("y.backward_1")
          "y.backward_3" = Sub ("y.backward_1", "y.backward_2")
          "y.backward_4" = Mul ("y.backward_3", "y.backward_3")
          "y.backward_5" = ReduceMean <axes = [2], keepdims = 1> ("y.backward_4")
          "y.backward_7" = Add ("y.backward_5", "y.backward_6")
          "y.backward_8" = Sqrt ("y.backward_7")
          "y.backward_9" = Div ("y.backward_3", "y.backward_8")
          "y.backward_11" = Reshape (s, "y.backward_10")
          "y.backward_12" = Mul ("y.gradient", "y.backward_11")
          "y.backward_14" = Reshape ("y.backward_12", "y.backward_13")
          "y.backward_15" = Mul ("y.backward_14", "y.backward_9")
          "y.backward_16" = ReduceMean <axes = [2], keepdims = 1> ("y.backward_15")
          "y.backward_17" = ReduceMean <axes = [2], keepdims = 1> ("y.backward_14")
          "y.backward_18" = Sub ("y.backward_14", "y.backward_17")
          "y.backward_19" = Mul ("y.backward_9", "y.backward_16")
          "y.backward_20" = Sub ("y.backward_18", "y.backward_19")
          "y.backward_21" = Div ("y.backward_20", "y.backward_8")
          "x.gradient" = Reshape ("y.backward_21", "y.backward_22")
        }
        """)
  }

  @Test func groupNormalizationOfItsParameters() throws {
    try expectGradients(
      withRespectTo: ["s", "b"],
      in: """
        g (float[1, 4, 1, 2] x) => (float[1, 4, 1, 2] y) <float[2] s = {1, 2},
              float[2] b = {4, 5}> {
          y = GroupNormalization <epsilon = 0.25, num_groups = 2> (x, s, b)
        }
        """,
      are: """
        g (float[1,4,1,2] x) => (float[1,4,1,2] y, float[2] "s.gradient", float[2] "b.gradient")
        <float[2] s = {1.0, 2.0},
         float[2] b = {4.0, 5.0},
         float[1,4,1,2] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[3] "y.backward" = {1, 2, 4},
         int64[2] "y.backward_2" = {0, 2},
         int64[3] "y.backward_4" = {1, 2, 4},
         int64[1] "y.backward_6" = {2},
         int64[1] "y.backward_10" = {2},
         float "y.backward_12" = {0.25},
         int64[2] "y.backward_17" = {0, 2}> {
          y = GroupNormalization <epsilon = 0.25, num_groups = 2> (x, s, b)
          "y.backward_1" = Reshape ("y.gradient", "y.backward")
          "b.gradient" = ReduceSum <keepdims = 0> ("y.backward_1", "y.backward_2")
          "y.backward_5" = Reshape (x, "y.backward_4")
          "y.backward_7" = ReduceMean <keepdims = 1> ("y.backward_5", "y.backward_6")
          "y.backward_8" = Sub ("y.backward_5", "y.backward_7")
          "y.backward_9" = Mul ("y.backward_8", "y.backward_8")
          "y.backward_11" = ReduceMean <keepdims = 1> ("y.backward_9", "y.backward_10")
          "y.backward_13" = Add ("y.backward_11", "y.backward_12")
          "y.backward_14" = Sqrt ("y.backward_13")
          "y.backward_15" = Div ("y.backward_8", "y.backward_14")
          "y.backward_16" = Mul ("y.backward_1", "y.backward_15")
          "s.gradient" = ReduceSum <keepdims = 0> ("y.backward_16", "y.backward_17")
        }
        """, opsetVersion: 18)
  }
}
