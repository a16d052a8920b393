import Tensors
import Tessera

extension ClassScorer {
  /// The scores of a model with one image input, without the soft-max in which it may end. It is compiled
  /// for other batches, and with `options.isDense` for other image sizes, as they come.
  ///
  /// - Parameters:
  ///   - options: how to compile; the first of its shapes, or else the model's, is the network's own.
  ///   - batch: the most images of a run, unless the model fixes how many.
  /// - Throws: `TesseraError` if the network is no image classifier or cannot be compiled.
  package init(
    _ network: Network, options: CompileOptions, batch: Int
  ) throws(TesseraError) {
    let resizable = try ResizableNetwork(
      try network.removingFinalSoftmax() ?? network, options: options)
    let own = try ClassifierSignature(resizable.firstVariant)
    let isOpen = resizable.hasOpenBatch(own.input.name)
    let run = BatchedRun(
      inputName: own.input.name, outputName: own.output.name, classCount: own.output.shape[1],
      batchSize: { (_, rest) in isOpen ? min(rest, batch) : own.batch },
      run: { (inputs) throws(TesseraError) in try resizable.run(inputs) })
    self.init(
      own, minimumSize: resizable.minimumImageSize.map { ($0.height, $0.width) }, run)
  }
}
