import Tensors
import TesseraRuntime

extension ClassScorer {
  /// The scores of a plan with one image input.
  ///
  /// The network's own size is that of the plan's first shape. A plan of several image sizes, or one that
  /// gives maps of class scores, takes whole images of the sizes that it was compiled for. Images are run
  /// in batches of the plan; one that they do not fill is filled up with zeros.
  ///
  /// - Parameters:
  ///   - batch: the only batch size to use; nil takes the largest, and for the rest the smallest that
  ///     holds it.
  ///   - threads: see `Session`.
  /// - Throws: `TesseraError` if the plan is no image classifier, or has no such batch size.
  package init(plan: Plan, batch: Int? = nil, threads: Int? = nil) throws(TesseraError) {
    guard let first = plan.image.contents.variants.first else {
      throw TesseraError(.invalidInput, "the plan has no programs")
    }
    let own = try ClassifierSignature(first)
    var batchSizes: [ImageExtents: [Int]] = [:]
    for variant in plan.image.contents.variants {
      let signature = try ClassifierSignature(variant)
      guard signature.input.name == own.input.name,
        signature.input.shape[1] == own.input.shape[1]
      else { continue }
      batchSizes[signature.extents, default: []].append(signature.batch)
    }
    let sizes = batchSizes.mapValues { $0.sorted() }
    let ownSizes = sizes[own.extents] ?? []
    guard batch.map(ownSizes.contains) ?? true else {
      let known = ownSizes.map(String.init).joined(separator: " or ")
      throw TesseraError(
        .invalidUsage, "the plan was compiled for batches of \(known), not of \(batch ?? 0)")
    }
    let session = try Session(plan: plan, threads: threads)
    let run = BatchedRun(
      inputName: own.input.name, outputName: own.output.name, classCount: own.output.shape[1],
      batchSize: { (images, rest) throws(TesseraError) in
        let extents = ImageExtents(height: images[2], width: images[3])
        guard let known = sizes[extents], let largest = known.last else {
          let all = sizes.keys.sorted().map(\.description).joined(separator: ", ")
          throw TesseraError(
            .invalidInput,
            "the plan was compiled for images of \(all) pixels, not of \(extents); a model takes any"
          )
        }
        return batch ?? known.first { $0 >= rest } ?? largest
      },
      run: { (inputs) throws(TesseraError) in try session.run(inputs) })
    let takesOthers = sizes.count > 1 || own.output.shape.rank == 4
    self.init(
      own,
      minimumSize: takesOthers
        ? (sizes.keys.map(\.height).min() ?? 1, sizes.keys.map(\.width).min() ?? 1) : nil,
      run)
  }

  init(
    _ own: ClassifierSignature, minimumSize: (height: Int, width: Int)?, _ run: BatchedRun
  ) {
    self.init(
      inputHeight: own.extents.height, inputWidth: own.extents.width,
      channelCount: own.input.shape[1], classCount: own.output.shape[1], values: own.values,
      minimumSize: minimumSize, scores: { (images) throws(TesseraError) in try run.scores(images) })
  }
}
