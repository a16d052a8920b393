import Tensors

extension PlanContents {
  /// Checks everything about a decoded plan that needs no knowledge of the kernels: every offset and
  /// size lies inside its region and is aligned, and no step writes weights. What each kernel
  /// touches is checked where the kernels are known.
  func verifyStructure(weightsByteCount: Int) throws(TesseraError) {
    var blobEnd = 0
    for blob in weights {
      guard blob.byteOffset >= blobEnd, blob.byteOffset % planAlignment == 0,
        blob.byteOffset + blob.byteCount <= weightsByteCount
      else {
        throw TesseraError(
          .invalidInput,
          "weight '\(blob.name)' lies at \(blob.byteOffset), \(blob.byteCount) bytes, outside its place in the weights region of \(weightsByteCount) bytes"
        )
      }
      blobEnd = blob.byteOffset + blob.byteCount
    }
    guard !variants.isEmpty else {
      throw TesseraError(.invalidInput, "the plan holds no variant")
    }
    for variant in variants { try variant.verifyStructure(weightsByteCount: weightsByteCount) }
    guard variants.allSatisfy({ $0.interface == variants[0].interface }) else {
      throw TesseraError(.invalidInput, "the plan's variants differ in their inputs or outputs")
    }
  }
}

extension PlanVariant {
  /// Names and element types of the inputs, then of the outputs: the same in all variants of a plan.
  fileprivate var interface: [[String]] {
    [inputs, outputs].map { tensors in tensors.map { "\($0.elementType) \($0.name)" } }
  }

  fileprivate func verifyStructure(weightsByteCount: Int) throws(TesseraError) {
    for tensor in inputs + outputs {
      guard tensor.byteOffset % planAlignment == 0,
        tensor.byteOffset + tensor.byteCount <= arenaByteCount
      else {
        throw TesseraError(
          .invalidInput,
          "tensor '\(tensor.name)' lies at \(tensor.byteOffset), \(tensor.byteCount) bytes, outside the arena of \(arenaByteCount) bytes"
        )
      }
    }
    guard Set(inputs.map(\.name)).count == inputs.count else {
      throw TesseraError(.invalidInput, "two inputs have the same name")
    }
    // A model may give out a value several times.
    var named: [String: PlanTensor] = [:]
    for output in outputs {
      guard named.updateValue(output, forKey: output.name) ?? output == output else {
        throw TesseraError(
          .invalidInput, "two outputs have the name '\(output.name)' and are not the same tensor")
      }
    }
    for (index, step) in steps.enumerated() {
      for operand in step.operands {
        let limit = operand.region == .arena ? arenaByteCount : weightsByteCount
        guard operand.byteOffset % operandAlignment == 0,
          operand.byteOffset + operand.byteCount <= limit
        else {
          throw TesseraError(
            .invalidInput,
            "step \(index) '\(step.name)': an operand lies at \(operand.byteOffset), \(operand.byteCount) bytes, outside its region of \(limit) bytes"
          )
        }
      }
    }
  }
}
