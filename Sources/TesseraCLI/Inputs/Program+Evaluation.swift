import Evaluation
import Tessera
import Vision

extension Program {
  /// The program as a network to evaluate: a plan in the batches that it was compiled for, a model in any.
  ///
  /// - Parameter path: the file, for errors.
  func evaluatedNetwork(
    path: String, _ arguments: ParsedArguments, _ evaluation: EvaluationArguments
  ) throws(TesseraError) -> EvaluatedNetwork {
    do throws(TesseraError) {
      let options = ImageArguments(arguments).merged(with: try imageOptions()) ?? ImageOptions()
      let scorer = try scorer(arguments, evaluation)
      return EvaluatedNetwork(
        name: path, scorer: scorer, preprocessing: try options.preprocessing(for: scorer))
    } catch {
      throw error.inFile(path)
    }
  }

  private func scorer(
    _ arguments: ParsedArguments, _ evaluation: EvaluationArguments
  ) throws(TesseraError) -> ClassScorer {
    switch self {
    case .plan(let plan):
      return try ClassScorer(
        plan: plan, batch: evaluation.batch, threads: arguments[Common.threads])
    case .model(let network, _, _):
      var options = try ModelArguments.options(arguments)
      options.isDense = evaluation.mode.isDense
      options.shapes = arguments[Common.shapes].map { [$0] } ?? []
      return try ProgressBar.during { (bar) throws(TesseraError) in
        options.onProgress = { bar.update($0.stage, $0.fraction) }
        return try ClassScorer(network, options: options, batch: evaluation.preferredBatch)
      }
    }
  }
}

extension ImageOptions {
  /// For the input of a network under test. How images are fitted is the protocol's matter.
  fileprivate func preprocessing(for scorer: ClassScorer) throws(TesseraError) -> Preprocessing {
    guard
      let shape = Shape([1, scorer.channelCount, scorer.inputHeight, scorer.inputWidth])
    else { throw TesseraError(.invalidInput, "the input is too large") }
    var options = self
    options.shortestSide = nil
    return try options.preprocessing(
      for: TensorSpecification(name: "image", elementType: .float32, shape: shape))
  }
}
