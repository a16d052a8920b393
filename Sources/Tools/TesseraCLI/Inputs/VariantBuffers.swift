import Tessera

/// Memory for the inputs and outputs of one variant of a plan, given back when the object goes.
final class VariantBuffers {
  private let inputBuffers: [UnsafeMutableRawBufferPointer]
  let outputs: [UnsafeMutableRawBufferPointer]

  init(_ signature: PlanSignature) {
    func allocate(_ tensor: TensorSpecification) -> UnsafeMutableRawBufferPointer {
      let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: tensor.byteCount, alignment: 64)
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      return buffer
    }
    inputBuffers = signature.inputs.map(allocate)
    outputs = signature.outputs.map(allocate)
  }

  deinit {
    for buffer in inputBuffers + outputs { buffer.deallocate() }
  }

  var inputs: [UnsafeRawBufferPointer] { inputBuffers.map(UnsafeRawBufferPointer.init) }

  /// Fills each input from its file, or with seeded random numbers where there is none.
  ///
  /// - Throws: `TesseraError` if a file names no input or holds another type or shape.
  func fillInputs(
    from sources: [TensorSource], _ signature: PlanSignature
  ) throws(TesseraError) {
    var generator = SplitMix64(seed: 1)
    for (input, buffer) in zip(signature.inputs, inputBuffers) {
      let source = sources.last { $0.name == input.name }
      guard let source else {
        try generator.uniform(input).withUnsafeBytes { buffer.copyMemory(from: $0) }
        continue
      }
      guard let tensor = try source.readTensor() else {
        throw TesseraError(.invalidUsage, "bench takes tensors, not images").inFile(source.path)
      }
      guard tensor.elementType == input.elementType, tensor.shape == input.shape else {
        throw TesseraError(
          .invalidInput,
          "expected \(input.elementType.onnxName) \(input.shape), "
            + "found \(tensor.elementType.onnxName) \(tensor.shape)", at: .value(input.name)
        ).inFile(source.path)
      }
      tensor.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
    for source in sources where !signature.inputs.contains(where: { $0.name == source.name }) {
      let names = signature.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw TesseraError(
        .invalidUsage, "there is no such input; the inputs are \(names)", at: .value(source.name))
    }
  }
}
