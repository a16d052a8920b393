import Differentiation
import Frontend
import GraphIR
import Tensors

extension Network {
  /// This network with a loss and its gradients as further outputs: a network that compiles like any other.
  ///
  /// The outputs are those that there were, the loss, the values that its terms compare (of a Gram matrix that,
  /// `NAME.gram`), and for each of `names` the gradient, `NAME.gradient`. A name that the network has already
  /// gets a number: `NAME.gradient_1`. All shapes are fixed then; open first extents that `shapes` leaves out
  /// are 1. What has gradients says `Docs/training.md`.
  ///
  /// ```swift
  /// let network = try Network(path: "digits.onnx")
  /// let saliency = try network.gradients(of: .weightedSum(of: "fc4"), withRespectTo: ["image"])
  /// let session = try Session(plan: saliency.compile())
  /// let isSeven = try Tensor([0, 0, 0, 0, 0, 0, 0, 1, 0, 0] as [Float], shape: [1, 10])
  /// let image = try Tensor([Float](repeating: 0, count: 28 * 28), shape: [1, 1, 28, 28])
  /// let slopes = try session.run(["image": image, "fc4.weights": isSeven])["image.gradient"]
  /// ```
  ///
  /// - Parameters:
  ///   - names: inputs, weights (`weightNames`) or any other floating-point values of the graph.
  ///   - shapes: of the inputs, by name.
  /// - Throws: `invalidUsage` for names that no floating-point value has; `unsupported` that lists all operators
  ///   between the values and the loss that have no gradient; `invalidInput` if a shape does not fit or stays
  ///   open.
  public func gradients(
    of loss: Loss, withRespectTo names: [String], shapes: [String: [Int]] = [:]
  ) throws(TesseraError) -> Network {
    guard !names.isEmpty else {
      throw TesseraError(
        .invalidUsage, "expected at least one value to differentiate with respect to, found none")
    }
    return try differentiated(.terms(loss.terms), withRespectTo: names, shapes: shapes).network
  }

  /// The names of the weights: the floating-point constants of one dimension and more, in the model's order.
  public var weightNames: [String] { model.graph.weights }

  /// What a differentiated network computes gradients of.
  package enum GradientLoss: Sendable {
    /// A sum of terms; without terms the sum of the only output's elements.
    case terms([LossTerm])
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
    let outputs = graph.outputs
    if case .terms(let terms) = loss {
      let made = Set(graph.nodes.flatMap(\.outputs))
      graph.outputs = (outputs + terms.map(\.value).filter(made.contains)).uniqued
    }
    _ = graph.removeUnused()
    let completed = try OpenGraph(model, isDense: false).completed([shapes])[0]
    try graph.bindDimensions(completed)
    _ = try graph.inferModelTypes(opsetVersion: opsetVersion)
    var weights = graph.weights
    let appended: AppendedLoss
    switch loss {
    case .terms(let terms):
      graph.outputs = outputs
      appended = try graph.appendLoss(
        terms.isEmpty ? [LossTerm(.sum, of: try onlyOutput)] : terms, opsetVersion: opsetVersion)
    case .training:
      let form = try graph.makeTrainingForm(opsetVersion: opsetVersion)
      let statistics = Set(form.statistics.map(\.current))
      weights.removeAll(where: statistics.contains)
      appended = AppendedLoss(loss: form.loss)
    }
    let values = (names ?? weights).uniqued
    let gradients = try graph.appendGradients(
      of: appended.loss, withRespectTo: values, opsetVersion: opsetVersion)
    let results = values.compactMap { value in
      gradients[value].map { (value: value, gradient: $0) }
    }
    graph.outputs =
      (graph.outputs + [appended.loss] + appended.compared + results.map(\.gradient)).uniqued
    _ = graph.removeUnused()
    network.model.graph = graph
    network.model.opsetVersions["tessera"] = 1
    return (network, results)
  }
  private var onlyOutput: String {
    get throws(TesseraError) {
      let outputs = model.graph.outputs
      guard let output = outputs.first, outputs.count == 1 else {
        throw TesseraError(
          .invalidUsage,
          "the model has \(outputs.count) outputs, of which one must be chosen: "
            + quotedList(outputs))
      }
      return output
    }
  }
}
