import Differentiation
import Frontend
import GraphIR
import Tensors

extension Network {
  /// What a differentiated network computes gradients of.
  package enum GradientLoss: Sendable {
    /// A value; nil for the only output.
    case value(String?)
    /// The cross-entropy of a classifier's scores and targets, in training (`Graph.makeTrainingForm`).
    case training
  }

  /// This network with the gradients of a loss as further outputs.
  ///
  /// - Parameters:
  ///   - names: values of the graph; nil for its weights, the floating-point constants of one dimension and
  ///     more.
  ///   - shapes: of the inputs; open first extents that it does not bind are 1.
  /// - Returns: the network, and the name of each gradient, in the order of `names`.
  package func differentiated(
    _ loss: GradientLoss, withRespectTo names: [String]?, shapes: [String: [Int]]
  ) throws(TesseraError) -> (network: Network, gradients: [(value: String, gradient: String)]) {
    var network = self
    var graph = model.graph
    let opsetVersion = model.opsetVersion
    _ = graph.removeUnused()
    let completed = try OpenGraph(model, isDense: false).completed([shapes])[0]
    try graph.bindDimensions(completed)
    _ = try graph.inferModelTypes(opsetVersion: opsetVersion)
    var weights = graph.weights
    let lossName: String
    switch loss {
    case .value(let name):
      guard let value = name ?? (graph.outputs.count == 1 ? graph.outputs.first : nil) else {
        throw TesseraError(
          .invalidUsage,
          "the model has \(graph.outputs.count) outputs, of which one must be chosen: "
            + quotedList(graph.outputs))
      }
      lossName = value
    case .training:
      let form = try graph.makeTrainingForm(opsetVersion: opsetVersion)
      let statistics = Set(form.statistics.map(\.current))
      weights.removeAll(where: statistics.contains)
      lossName = form.loss
    }
    let values = (names ?? weights).uniqued
    let gradients = try graph.appendGradients(
      of: lossName, withRespectTo: values, opsetVersion: opsetVersion)
    let results = values.compactMap { value in
      gradients[value].map { (value: value, gradient: $0) }
    }
    graph.outputs = (graph.outputs + [lossName] + results.map(\.gradient)).uniqued
    _ = graph.removeUnused()
    network.model.graph = graph
    network.model.opsetVersions["tessera"] = 1
    return (network, results)
  }
}
