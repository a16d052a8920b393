import Tensors

extension ClassScorer {
  /// The scores of a network whose first output is float32 `[N, classes]` or `[N, classes, H', W']`.
  ///
  /// - Throws: `TesseraError` if it is another.
  package init(_ network: ImageNetwork) throws(TesseraError) {
    let batch = network.input.shape[0]
    guard let output = network.outputs.first else {
      throw TesseraError(.invalidInput, "the network has no output")
    }
    guard output.elementType == .float32, [2, 4].contains(output.shape.rank),
      output.shape[0] == batch, output.shape[1] > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected an output float NxCLASSES or NxCLASSESxHxW, found "
          + "\(output.elementType.onnxName) \(output.shape)", at: .value(output.name))
    }
    let input = network.input.shape
    self.init(
      inputHeight: input[2], inputWidth: input[3],
      classCount: output.shape[1],
      values: network.posteriorOutputs.contains(output.name) ? .posteriors : .scores,
      minimumSize: network.minimumSize,
      scores: { (images) throws(TesseraError) in
        try network.run.outputs([output.name], for: images)[0]
      })
  }
}
