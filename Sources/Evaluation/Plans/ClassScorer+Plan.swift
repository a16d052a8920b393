import ExecutionPlan
import KernelInterface
import Tensors
import TesseraRuntime

extension ClassScorer {
  /// The scores of a plan with one image input, on images of the input's size.
  ///
  /// Images are run in batches of the sizes that the plan was compiled for; a batch that they do not
  /// fill is filled up with zeros, which no image's result depends on.
  ///
  /// - Parameters:
  ///   - batch: the only batch size to use; nil takes the largest, and for the rest the smallest that
  ///     holds it.
  ///   - threads: see `Session`.
  /// - Throws: `TesseraError` if the plan is no image classifier, or has no such batch size.
  package init(plan: Plan, batch: Int? = nil, threads: Int? = nil) throws(TesseraError) {
    guard let first = plan.image.contents.variants.first, first.inputs.count == 1,
      let output = first.outputs.first
    else {
      throw TesseraError(
        .invalidInput,
        "expected a network with one input and an output, found "
          + "\(plan.variants.first?.inputs.count ?? 0) inputs")
    }
    let input = first.inputs[0]
    let size = input.shape.dimensions.dropFirst()
    guard input.elementType == .float32, input.shape.rank == 4, [1, 3].contains(input.shape[1]),
      input.shape[0] > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected an input float Nx1xHxW or Nx3xHxW, found \(input.elementType.onnxName) "
          + "\(input.shape)", at: .value(input.name))
    }
    guard output.elementType == .float32, [2, 4].contains(output.shape.rank),
      output.shape[0] == input.shape[0], output.shape[1] > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected an output float NxCLASSES or NxCLASSESxHxW, found "
          + "\(output.elementType.onnxName) \(output.shape)", at: .value(output.name))
    }
    let sizes = Set(
      plan.image.contents.variants.filter {
        $0.inputs.map(\.name) == [input.name] && $0.inputs[0].shape.dimensions.dropFirst() == size
      }.map { $0.inputs[0].shape[0] })
    guard batch.map(sizes.contains) ?? true else {
      let known = sizes.sorted().map(String.init).joined(separator: " or ")
      throw TesseraError(
        .invalidUsage, "the plan was compiled for batches of \(known), not of \(batch ?? 0)")
    }
    let session = try Session(plan: plan, threads: threads)
    let batches = BatchedRun(
      session: session, inputName: input.name, outputName: output.name,
      outputExtents: Array(output.shape.dimensions.dropFirst()),
      batchSizes: batch.map { [$0] } ?? sizes.sorted())
    self.init(
      inputHeight: input.shape[2], inputWidth: input.shape[3], channelCount: input.shape[1],
      classCount: output.shape[1], values: try first.valuesOfOutput(),
      scores: { (images) throws(TesseraError) in try batches.run(images) })
  }
}

extension PlanVariant {
  /// Whether the first output is a soft-max over the classes.
  fileprivate func valuesOfOutput() throws(TesseraError) -> ClassScorer.Values {
    let output = outputs[0]
    let writer = steps.last { $0.operands.contains(Operand(.arena, output)) }
    guard let writer, writer.kernel == SoftmaxDescriptor.kernelName else { return .scores }
    let softmax = try SoftmaxDescriptor(decoding: writer.descriptor)
    return softmax.isLogarithmic || softmax.axisCount != output.shape[1] ? .scores : .posteriors
  }
}

extension Operand {
  fileprivate init(_ region: Region, _ tensor: PlanTensor) {
    self.init(region, byteOffset: tensor.byteOffset, byteCount: tensor.byteCount)
  }
}
