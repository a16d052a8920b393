import Tessera

/// Memory for the inputs and outputs of one variant of a plan, given back when the object goes.
final class VariantBuffers {
  let inputs: [UnsafeRawBufferPointer]
  let outputs: [UnsafeMutableRawBufferPointer]
  private let inputMemory: [ZeroedMemory]
  private let outputMemory: [ZeroedMemory]

  /// - Throws: `TesseraError` if memory is refused.
  init(_ signature: PlanSignature) throws(TesseraError) {
    func allocate(_ tensors: [TensorSpecification]) throws(TesseraError) -> [ZeroedMemory] {
      var memory: [ZeroedMemory] = []
      for tensor in tensors { memory.append(try ZeroedMemory(byteCount: tensor.byteCount)) }
      return memory
    }
    inputMemory = try allocate(signature.inputs)
    outputMemory = try allocate(signature.outputs)
    inputs = inputMemory.map { UnsafeRawBufferPointer($0.bytes) }
    outputs = outputMemory.map(\.bytes)
  }

  /// Copies the inputs of buffers for the same variant.
  func copyInputs(of other: VariantBuffers) {
    for (own, theirs) in zip(inputMemory, other.inputs) { own.bytes.copyMemory(from: theirs) }
  }

  /// Fills each input from its file, or with seeded random numbers where there is none.
  ///
  /// - Throws: `TesseraError` if a file names no input or holds another type or shape.
  func fillInputs(
    from sources: [TensorSource], _ signature: PlanSignature
  ) throws(TesseraError) {
    let names = signature.inputs.map(\.name)
    let sources = try sources.map { (source) throws(TesseraError) in
      try source.resolved(for: names)
    }
    var generator = SplitMix64(seed: 1)
    for (input, buffer) in zip(signature.inputs, inputMemory.map(\.bytes)) {
      let source = sources.last { $0.name == input.name }
      guard let source else {
        try generator.uniform(input).withUnsafeBytes { buffer.copyMemory(from: $0) }
        continue
      }
      func require(_ elementType: ElementType, _ shape: Shape) throws(TesseraError) {
        guard elementType == input.elementType, shape == input.shape else {
          throw TesseraError(
            .invalidInput,
            "expected \(input.elementType.onnxName) \(input.shape), "
              + "found \(elementType.onnxName) \(shape)", at: .value(input.name)
          ).inFile(source.path)
        }
      }
      if let type = try source.archivedType() { try require(type.elementType, type.shape) }
      guard let tensor = try source.readTensor() else {
        throw TesseraError(.invalidUsage, "bench takes tensors, not images").inFile(source.path)
      }
      try require(tensor.elementType, tensor.shape)
      tensor.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
    for source in sources where !signature.inputs.contains(where: { $0.name == source.name }) {
      let names = signature.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw TesseraError(
        .invalidUsage, "there is no such input; the inputs are \(names)", at: .value(source.name))
    }
  }
}
