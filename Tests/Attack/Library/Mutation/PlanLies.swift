import ExecutionPlan
import Tensors
import TestSupport

/// Lies in a plan's metadata, written as a compiler would have: only the verifier is in their way.
enum PlanLies {
  static func applied(to sample: [UInt8], _ generator: inout SeededGenerator) throws -> [UInt8] {
    let image = try PlanImage(try storage(sample))
    var contents = image.contents
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      guard let index = contents.variants.indices.randomElement(using: &generator) else { continue }
      lie(&contents.variants[index], &generator)
    }
    return try withExtendedLifetime(image) { try written(contents, weights: image.weights) }
  }

  private static func written(
    _ contents: PlanContents, weights: UnsafeRawBufferPointer
  ) throws(TesseraError) -> [UInt8] {
    let fillBlob: PlanWriter.FillBlob = { index, destination in
      let blob = contents.weights[index]
      destination.copyBytes(from: weights[blob.byteOffset..<blob.byteOffset + blob.byteCount])
    }
    var writer = PlanWriter(contents)
    let file = try TensorStorage(byteCount: writer.byteCount) { (bytes) throws(TesseraError) in
      try writer.write(into: bytes, fillBlob: fillBlob)
    }
    return Array(file.bytes)
  }

  private static func lie(_ variant: inout PlanVariant, _ generator: inout SeededGenerator) {
    switch Int.random(in: 0..<12, using: &generator) {
    case 0: lie(&variant.arenaByteCount, &generator)
    case 1: lie(&variant.inputs, &generator)
    case 2: lie(&variant.outputs, &generator)
    case 3: variant.steps.shuffle(using: &generator)
    default:
      guard let index = variant.steps.indices.randomElement(using: &generator) else { return }
      let other = variant.steps.randomElement(using: &generator) ?? variant.steps[index]
      lie(&variant.steps[index], other, &generator)
    }
  }

  private static func lie(
    _ step: inout Step, _ other: Step, _ generator: inout SeededGenerator
  ) {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: step.kernel = other.kernel
    case 1: step.operands = other.operands
    case 2, 3:
      guard let index = step.operands.indices.randomElement(using: &generator) else { return }
      lie(&step.operands[index], &generator)
    default:
      guard let index = step.descriptor.indices.randomElement(using: &generator) else { return }
      step.descriptor[index] = Lies.number(insteadOf: step.descriptor[index], &generator)
    }
  }

  private static func lie(_ operand: inout Operand, _ generator: inout SeededGenerator) {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: operand.region = operand.region == .arena ? .weights : .arena
    case 1: lie(&operand.byteCount, &generator)
    case 2: lie(&operand.byteOffset, &generator)
    default: operand.byteOffset = Int.random(in: 0..<64, using: &generator) * planAlignment
    }
  }

  private static func lie(_ tensors: inout [PlanTensor], _ generator: inout SeededGenerator) {
    guard let index = tensors.indices.randomElement(using: &generator) else { return }
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: lie(&tensors[index].byteOffset, &generator)
    case 1:
      tensors[index].elementType = ElementType.allCases.randomElement(using: &generator) ?? .float32
    default:
      var dimensions = tensors[index].shape.dimensions
      guard let axis = dimensions.indices.randomElement(using: &generator) else { return }
      lie(&dimensions[axis], &generator)
      tensors[index].shape = Shape(dimensions) ?? tensors[index].shape
    }
  }

  private static func lie(_ number: inout Int, _ generator: inout SeededGenerator) {
    number = Int(Lies.number(insteadOf: Int64(number), &generator))
  }
}
