import GraphIR
import Tensors

extension NodeEmitter {
  /// Appends the cross-entropy of scores and a new graph input, added over the batch:
  /// `loss = −Σ targets · log softmax(scores)`.
  mutating func appendLoss(_ classes: ClassScores) throws(TesseraError) -> TrainingForm {
    let loss = newName("loss")
    (stem, origin) = ("\(loss).part", .value(loss))
    let shape = [classes.imageCount, classes.classCount]
    let scores = try reshaped(classes.value, to: shape)
    let targets = input("targets", try type(of: scores))
    let logarithms = try emit("LogSoftmax", [scores], ["axis": .int(1)])
    let products = try emit("Mul", [targets, logarithms])
    let sum = try reduced("ReduceSum", products, axes: [0, 1], keepsDimensions: false)
    _ = try emit("Neg", [sum], as: loss)
    return TrainingForm(targets: targets, loss: loss, scores: scores)
  }
}
