import Evaluation
import Tessera
import Vision

extension Program {
  /// The program as a network to evaluate; a model is compiled for one image input of the batch that it
  /// fixes, else of the preferred one.
  ///
  /// - Parameter path: the file, for errors.
  func evaluatedNetwork(
    path: String, _ arguments: ParsedArguments, _ evaluation: EvaluationArguments
  ) throws(TesseraError) -> EvaluatedNetwork {
    do throws(TesseraError) {
      let options = ImageArguments(arguments).merged(with: try imageOptions()) ?? ImageOptions()
      let plan = try compiled(
        try compileOptions(arguments, batch: evaluation.batch ?? evaluation.preferredBatch))
      let scorer = try ClassScorer(
        plan: plan, batch: evaluation.batch, threads: arguments[Common.threads])
      return EvaluatedNetwork(
        name: path, scorer: scorer, preprocessing: try options.preprocessing(for: scorer))
    } catch {
      throw error.inFile(path)
    }
  }

  private func compileOptions(
    _ arguments: ParsedArguments, batch: Int
  ) throws(TesseraError) -> CompileOptions {
    var options = try ModelArguments.options(arguments)
    guard case .model = self else { return options }
    let shapes = arguments[Common.shapes] ?? [:]
    guard inputs.count == 1 else {
      let names = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw TesseraError(
        .invalidInput, "expected a network with one image input, found the inputs \(names)")
    }
    let input = inputs[0]
    var extents = try input.specification(shape: shapes[input.name]).shape.dimensions
    let isOpen = input.type.dimensions?.first?.value == nil
    if isOpen, shapes[input.name] == nil, !extents.isEmpty { extents[0] = batch }
    options.shapes = [shapes.merging([input.name: extents]) { _, fixed in fixed }]
    return options
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
