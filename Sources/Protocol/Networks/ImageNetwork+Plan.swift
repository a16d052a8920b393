import Tensors
import TesseraRuntime

extension ImageNetwork {
  /// A plan with one image input, in the image sizes and batches that it was compiled for.
  ///
  /// The network's own size is that of the plan's first shape. A plan of several image sizes, or one that
  /// gives maps, takes images of other sizes. A batch that images do not fill is filled up with zeros.
  ///
  /// - Parameters:
  ///   - batch: the only batch size to use; nil takes the largest, and for the rest the smallest that
  ///     holds it.
  ///   - threads: see `Session`.
  /// - Throws: `TesseraError` if a program has other inputs, or if not every image size has this batch size.
  package init(plan: Plan, batch: Int? = nil, threads: Int? = nil) throws(TesseraError) {
    guard let first = plan.image.contents.variants.first else {
      throw TesseraError(.invalidInput, "the plan has no programs")
    }
    let own = try Self.imageInput(of: first)
    var batches: [ImageExtents: [Int]] = [:]
    for variant in plan.image.contents.variants {
      let input = try Self.imageInput(of: variant)
      guard input.name == own.name, input.shape[1] == own.shape[1] else { continue }
      batches[ImageExtents(input.shape), default: []].append(input.shape[0])
    }
    let sizes = batches.mapValues { $0.sorted() }
    if let batch, let other = sizes.values.first(where: { !$0.contains(batch) }) {
      let known = other.map(String.init).joined(separator: " or ")
      throw TesseraError(
        .invalidUsage, "the plan was compiled for batches of \(known), not of \(batch)")
    }
    let session = try Session(plan: plan, threads: threads)
    let run = BatchedRun(
      inputName: own.name,
      batchSize: { (images, rest) throws(TesseraError) in
        let extents = ImageExtents(images)
        guard let known = sizes[extents], let largest = known.last else {
          let all = sizes.keys.sorted().map(\.description).joined(separator: ", ")
          throw TesseraError(
            .invalidInput,
            "the plan was compiled for images of \(all) pixels, not of \(extents)")
        }
        return batch ?? known.first { $0 >= rest } ?? largest
      },
      run: { (inputs) throws(TesseraError) in try session.run(inputs) })
    let takesOthers = sizes.count > 1 || first.outputs.first?.shape.rank == 4
    try self.init(
      first,
      minimumSize: takesOthers
        ? (sizes.keys.map(\.height).min() ?? 1, sizes.keys.map(\.width).min() ?? 1) : nil,
      posteriorOutputs: plan.posteriorOutputs, run)
  }
}
