import Evaluation
import Tessera
import TesseraImages

extension Program {
  /// The program as a network to evaluate: a plan as it is, a model without the soft-max in which it may end.
  ///
  /// - Parameter path: the file, for errors.
  func evaluatedNetwork(
    path: String, _ arguments: ParsedArguments, _ evaluation: EvaluationArguments,
    _ images: ImageArguments
  ) throws(TesseraError) -> EvaluatedNetwork {
    do throws(TesseraError) {
      let network = try imageNetwork(arguments, evaluation) { (network) throws(TesseraError) in
        try network.removingFinalSoftmax() ?? network
      }
      return EvaluatedNetwork(
        name: path, scorer: try ClassScorer(network),
        preprocessing: try preprocessing(of: network, path: path, images))
    } catch {
      throw error.inFile(path)
    }
  }

  /// The program as a network that runs on images: a plan in the batches that it was compiled for, a model in
  /// any.
  ///
  /// - Parameter prepare: what to compile in place of the model.
  func imageNetwork(
    _ arguments: ParsedArguments, _ evaluation: EvaluationArguments,
    _ prepare: (Network) throws(TesseraError) -> Network
  ) throws(TesseraError) -> ImageNetwork {
    switch self {
    case .plan(let plan):
      guard !arguments.isGiven(Common.shapes.declaration) else {
        throw TesseraError(.invalidUsage, "option '--shapes' is for models, this is a plan")
      }
      return try ImageNetwork(
        plan: plan, batch: evaluation.batch, threads: arguments[Common.threads])
    case .model(let network, let path, _):
      var options = try ModelArguments.options(arguments)
      options.isDense = evaluation.mode.isDense
      options.shapes = arguments[Common.shapes].map { [$0] } ?? []
      return try ProgressBar.during { (bar) throws(TesseraError) in
        options.onProgress = { bar.update($0.stage, $0.fraction) }
        options.onWarning = { warning in bar.warn(warning.inFile(path)) }
        return try ImageNetwork(
          try prepare(network), options: options, batch: evaluation.preferredBatch)
      }
    }
  }

  /// How images become the network's input. How they are fitted is the protocol's matter.
  func preprocessing(
    of network: ImageNetwork, path: String, _ images: ImageArguments
  ) throws(TesseraError) -> Preprocessing {
    var options = try images.merged(with: try imageOptions()) ?? ImageOptions()
    noteStoredImages(path: path, options)
    options.shortestSide = nil
    return try options.notedPreprocessing(for: network.input, path: path)
  }
}
