import KernelInterface
import Tensors

/// Bytes of a value from which on it does not stay in an L2 cache until the next step reads it. To tune it,
/// time `tessera bench --steps` on MobileNetV2 and EfficientNet-B0.
private let cachedByteCount = 1 << 20

/// Joins each direct convolution with the depthwise one that follows it and alone reads its results, to one
/// `conv-bands`, where the results do not stay in a cache. Every bit remains.
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

/// The buffer that a direct convolution writes and a depthwise one reads, if it is large.
private func result(of producer: StepDraft, into consumer: StepDraft) -> Int? {
  guard producer.kernel == ConvDirectDescriptor.kernelName,
    consumer.kernel == ConvDepthwiseDescriptor.kernelName,
    let output = producer.requirements.firstIndex(where: { $0.access == .write }),
    producer.requirements[output].byteCount > cachedByteCount,
    producer.operands[output] == consumer.operands[0],
    case .buffer(let buffer, _) = producer.operands[output]
  else { return nil }
  return buffer
}

/// Both steps as one; nil if the kernel cannot do it.
private func bands(
  of producer: StepDraft, _ consumer: StepDraft
) throws(TesseraError) -> StepDraft? {
  let descriptor = ConvBandsDescriptor(
    try ConvDirectDescriptor(decoding: producer.descriptor),
    try ConvDepthwiseDescriptor(decoding: consumer.descriptor))
  guard let descriptor, let requirements = try? descriptor.requirements() else { return nil }
  return StepDraft(
    name: "\(producer.name) + \(consumer.name)", kernel: ConvBandsDescriptor.kernelName,
    descriptor: try descriptor.encoded(),
    operands: Array(producer.operands.dropLast() + consumer.operands.dropFirst()),
    requirements: requirements.operands)
}
