import GraphIR
import Tensors

extension NodeEmitter {
  /// Makes of a `BatchNormalization` its training form (ONNX, opset 14): each channel is normalised by the
  /// mean and the variance of the batch, the mean square distance from the mean, and
  /// `updated = momentum · current + (1 − momentum) · that of the batch`.
  mutating func normalizeByBatch(_ node: Node) throws(TesseraError) -> [TrainingForm.Statistic] {
    let epsilon = try BatchNormalizationParameters(node, in: graph, opsetVersion: opsetVersion)
      .epsilon
    let momentum = Double(try node.floatAttribute("momentum", default: 0.9))
    let x = node.inputs[0]
    let extents = try extents(of: x)
    let axes = extents.indices.filter { $0 != 1 }
    let byChannel = [extents[1]] + Array(repeating: 1, count: extents.count - 2)

    let mean = try reduced("ReduceMean", x, axes: axes)
    let centred = try emit("Sub", [x, mean])
    let squares = try emit("Mul", [centred, centred])
    let variance = try reduced("ReduceMean", squares, axes: axes)
    let shifted = try emit("Add", [variance, try scalar(Double(epsilon), like: x)])
    let scale = try reshaped(node.inputs[1], to: byChannel)
    let factor = try emit("Div", [scale, try emit("Sqrt", [shifted])])
    let bias = try reshaped(node.inputs[2], to: byChannel)
    _ = try emit("Add", [try emit("Mul", [centred, factor]), bias], as: node.outputs[0])

    var statistics: [TrainingForm.Statistic] = []
    for (current, ofBatch) in [(node.inputs[3], mean), (node.inputs[4], variance)] {
      let kept = try scaled(current, by: momentum)
      let added = try scaled(
        try reshaped(ofBatch, to: [extents[1]]), by: 1 - momentum)
      let updated = newName("\(current).updated")
      _ = try emit("Add", [kept, added], as: updated)
      statistics.append(TrainingForm.Statistic(current: current, updated: updated))
    }
    return statistics
  }
}
