import GraphIR
import Tensors

extension Graph {
  /// Makes of a classifier the graph of its loss in training: `Dropout` takes a mask, `BatchNormalization`
  /// the statistics of the batch, and the loss takes the place of the output, or of the soft-max that makes
  /// it.
  ///
  /// The types are inferred and the shapes fixed, and stay so. What depends on neither inputs nor `weights`
  /// becomes a constant. The outputs become the loss and the updated
  /// statistics. Gradients follow by `appendGradients(of: loss, …)`.
  ///
  /// - Throws: `invalidInput` if there is not one output `[N, classes]`, `unsupported` for nodes that have
  ///   no training form.
  package mutating func makeTrainingForm(opsetVersion: Int) throws(TesseraError) -> TrainingForm {
    var result = self
    _ = result.removeUnused()
    try result.foldConstants(holding: Set(weights), opsetVersion: opsetVersion)
    let scores = try ClassScores(result, opsetVersion: opsetVersion)
    var emitter = NodeEmitter(result, opsetVersion: opsetVersion)
    var masks: [TrainingForm.Mask] = []
    var statistics: [TrainingForm.Statistic] = []
    var problems = ProblemList()
    for node in emitter.removeNodes() {
      (emitter.stem, emitter.origin) = ("\(node.output(0) ?? "").training", node.location)
      do throws(TesseraError) {
        switch node.isStandard ? node.operatorName : "" {
        case "Dropout":
          if let mask = try emitter.maskDropout(node) { masks.append(mask) }
        case "BatchNormalization": statistics += try emitter.normalizeByBatch(node)
        default: emitter.keep(node)
        }
      } catch {
        problems.add(error)
      }
    }
    try problems.throwIfAny()
    var form = try emitter.appendLoss(scores)
    form.masks = masks
    form.statistics = statistics
    emitter.setOutputs([form.loss] + statistics.map(\.updated))
    result = emitter.graph
    _ = result.removeUnused()
    try result.inferTypes(opsetVersion: opsetVersion)
    self = result
    return form
  }

  /// The floating-point constants that may be trained: those of one dimension and more.
  package var weights: [String] {
    constants.names.filter { name in
      constants[name].map { $0.elementType.isFloatingPoint && $0.shape.rank > 0 } ?? false
    }
  }
}
