import Differentiation
import GraphIR
import Tensors
import Testing

@Suite struct TrainingFormTests {
  @Test func lossOfTheScores() throws {
    let form = try expectTrainingForm(
      of: "g (float[2, 3] x) => (float[2, 3] y) { y = Softmax (x) }",
      is: """
        g (float[2, 3] x, float[2, 3] targets) => (float loss) <int64[2] "loss.part_2" = {0, 1}> {
          "loss.part" = LogSoftmax <axis = 1> (x)
          "loss.part_1" = Mul (targets, "loss.part")
          "loss.part_3" = ReduceSum <keepdims = 0> ("loss.part_1", "loss.part_2")
          loss = Neg ("loss.part_3")
        }
        """)
    #expect(form.scores == "x" && form.targets == "targets" && form.loss == "loss")
    #expect(form.masks.isEmpty && form.statistics.isEmpty)
  }

  @Test func dropoutAndBatchNormalization() throws {
    let form = try expectTrainingForm(
      of: """
        g (float[2, 3] x) => (float[2, 3] y)
        <float[3] s = {1, 2, 3}, float[3] b = {4, 5, 6}, float[3] m = {7, 8, 9},
         float[3] v = {1, 1, 1}, float r = {0.25}> {
          n = BatchNormalization <epsilon = 0.5, momentum = 0.75> (x, s, b, m, v)
          y = Dropout (n, r)
        }
        """,
      is: """
        g (float[2, 3] x, float[2, 3] "y.mask", float[2, 3] targets)
          => (float loss, float[3] "m.updated", float[3] "v.updated")
        <float[3] s = {1, 2, 3}, float[3] b = {4, 5, 6}, float[3] m = {7, 8, 9},
         float[3] v = {1, 1, 1}, float "n.training_4" = {0.5}, float "n.training_9" = {0.75},
         int64[1] "n.training_11" = {3}, float "n.training_13" = {0.25},
         float "n.training_15" = {0.75}, int64[1] "n.training_17" = {3},
         float "n.training_19" = {0.25}, int64[2] "loss.part_2" = {0, 1}> {
          "n.training" = ReduceMean <axes = [0], keepdims = 1> (x)
          "n.training_1" = Sub (x, "n.training")
          "n.training_2" = Mul ("n.training_1", "n.training_1")
          "n.training_3" = ReduceMean <axes = [0], keepdims = 1> ("n.training_2")
          "n.training_5" = Add ("n.training_3", "n.training_4")
          "n.training_6" = Sqrt ("n.training_5")
          "n.training_7" = Div (s, "n.training_6")
          "n.training_8" = Mul ("n.training_1", "n.training_7")
          n = Add ("n.training_8", b)
          "n.training_10" = Mul (m, "n.training_9")
          "n.training_12" = Reshape ("n.training", "n.training_11")
          "n.training_14" = Mul ("n.training_12", "n.training_13")
          "m.updated" = Add ("n.training_10", "n.training_14")
          "n.training_16" = Mul (v, "n.training_15")
          "n.training_18" = Reshape ("n.training_3", "n.training_17")
          "n.training_20" = Mul ("n.training_18", "n.training_19")
          "v.updated" = Add ("n.training_16", "n.training_20")
          y = Mul (n, "y.mask")
          "loss.part" = LogSoftmax <axis = 1> (y)
          "loss.part_1" = Mul (targets, "loss.part")
          "loss.part_3" = ReduceSum <keepdims = 0> ("loss.part_1", "loss.part_2")
          loss = Neg ("loss.part_3")
        }
        """)
    #expect(form.masks == [TrainingForm.Mask(name: "y.mask", extents: [2, 3], ratio: 0.25)])
    #expect(
      form.statistics == [
        TrainingForm.Statistic(current: "m", updated: "m.updated"),
        TrainingForm.Statistic(current: "v", updated: "v.updated"),
      ])
    #expect(form.scores == "y")
  }
}
