import Tensors
import Tessera

extension ImageNetwork {
  /// A model with one image input. It is compiled for other batches, and with `options.isDense` for other
  /// image sizes, as they come.
  ///
  /// - Parameters:
  ///   - options: how to compile; the first of its shapes, or else the model's, is the network's own.
  ///   - batch: the most images of a run, unless the model fixes how many.
  /// - Throws: `TesseraError` if the network has other inputs or cannot be compiled.
  package init(
    _ network: Network, options: CompileOptions, batch: Int
  ) throws(TesseraError) {
    let resizable = try ResizableNetwork(network, options: options)
    let own = try Self.imageInput(of: resizable.firstVariant)
    let isOpen = resizable.hasOpenBatch(own.name)
    let run = BatchedRun(
      inputName: own.name,
      batchSize: { (_, rest) in isOpen ? min(rest, batch) : own.shape[0] },
      run: { (inputs) throws(TesseraError) in try resizable.run(inputs) })
    try self.init(
      resizable.firstVariant,
      minimumSize: resizable.minimumImageSize.map { ($0.height, $0.width) }
        ?? (options.isDense ? (1, 1) : nil),
      posteriorOutputs: network.posteriorOutputs, run)
  }
}
