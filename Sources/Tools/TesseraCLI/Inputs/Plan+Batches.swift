import Evaluation
import Tensors
import Tessera

extension Plan {
  /// Runs the variant that fits the inputs; or, where only the batch of an image input fits none, the variants for
  /// such images on parts of it.
  func run(
    _ inputs: [String: Tensor], outputs: [String], threads: Int?
  ) throws(TesseraError) -> [String: Tensor] {
    guard let images = inputs.values.first, inputs.count == 1, images.shape.rank == 4,
      images.elementType == .float32, images.shape[0] > 0, !fits(images.shape.dimensions),
      variants.contains(where: {
        $0.inputs.count == 1
          && $0.inputs[0].shape.dimensions.dropFirst() == images.shape.dimensions.dropFirst()
      })
    else { return try Session(plan: self, threads: threads).run(inputs) }
    let network = try ImageNetwork(plan: self, threads: threads)
    let names = outputs.uniqued
    return Dictionary(zip(names, try network.outputs(names, for: images))) { first, _ in first }
  }

  private func fits(_ shape: [Int]) -> Bool {
    variants.contains { $0.inputs.count == 1 && $0.inputs[0].shape.dimensions == shape }
  }
}
