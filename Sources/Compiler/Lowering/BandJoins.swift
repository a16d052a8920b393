import KernelInterface
import Tensors

/// Bytes of a value from which on it does not stay in an L2 cache until the next step reads it. To tune it,
/// time `tessera bench --steps` on MobileNetV2, EfficientNet-B0 and VGG-D.
private let cachedByteCount = 1 << 20

/// A kernel that computes two convolutions by bands.
private struct BandsKernel: Sendable {
  let descriptor: any BandsDescriptor.Type
  /// Products of a result between the convolutions up to which computing some rows twice takes less time than
  /// storing all. To tune it, time `tessera bench --steps` on DenseNet-121 and Inception-v3 with 2 threads.
  let maximumProductCount: Int
}

private let bandsKernels = [
  BandsKernel(descriptor: ConvBandsDescriptor.self, maximumProductCount: .max),
  BandsKernel(descriptor: WinogradBandsDescriptor.self, maximumProductCount: 32),
]

/// Joins each direct convolution with the depthwise or fused Winograd one that follows it and alone reads its
/// results, to one step by bands, where the results do not stay in a cache. Every bit remains.
///
/// - Parameter kept: inputs and outputs of the graph.
func joinBands(_ steps: [StepDraft], kept: [OperandDraft]) throws(TesseraError) -> [StepDraft] {
  var useCounts: [Int: Int] = [:]
  for operand in kept + steps.flatMap(\.operands) {
    if case .buffer(let buffer, _) = operand { useCounts[buffer, default: 0] += 1 }
  }
  var joined: [StepDraft] = []
  for step in steps {
    if let last = joined.last, let between = result(of: last, into: step),
      useCounts[between] == 2, let bands = try bands(of: last, step)
    {
      joined[joined.count - 1] = bands
    } else {
      joined.append(step)
    }
  }
  return joined
}

/// The buffer that a direct convolution writes and the next step reads, if it is large.
private func result(of producer: StepDraft, into consumer: StepDraft) -> Int? {
  guard producer.kernel == ConvDirectDescriptor.kernelName,
    let output = producer.requirements.firstIndex(where: { $0.access == .write }),
    producer.requirements[output].byteCount > cachedByteCount,
    producer.operands[output] == consumer.operands[0],
    case .buffer(let buffer, _) = producer.operands[output]
  else { return nil }
  return buffer
}

/// Both steps as one; nil if no kernel can do it.
private func bands(
  of producer: StepDraft, _ consumer: StepDraft
) throws(TesseraError) -> StepDraft? {
  let direct = try ConvDirectDescriptor(decoding: producer.descriptor)
  for kernel in bandsKernels where direct.weightsPerOutputChannel <= kernel.maximumProductCount {
    if let joined = try joined(producer, direct, consumer, by: kernel.descriptor) { return joined }
  }
  return nil
}

private func joined<Bands: BandsDescriptor>(
  _ producer: StepDraft, _ direct: ConvDirectDescriptor, _ consumer: StepDraft, by _: Bands.Type
) throws(TesseraError) -> StepDraft? {
  guard consumer.kernel == Bands.Consumer.kernelName else { return nil }
  let descriptor = Bands(direct, try Bands.Consumer(decoding: consumer.descriptor))
  guard let descriptor, let requirements = try? descriptor.requirements() else { return nil }
  return StepDraft(
    name: "\(producer.name) + \(consumer.name)", kernel: Bands.kernelName,
    descriptor: try descriptor.encoded(),
    operands: Array(producer.operands.dropLast() + consumer.operands.dropFirst()),
    requirements: requirements.operands)
}
