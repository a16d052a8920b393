import PointwisePrograms
import Tensors

/// How nodes of an operator of domain `tessera` take an epilogue: what they compute of each result, value 0
/// of a pointwise program in the attribute `epilogue`, and of its operands, values from 1 on, which broadcast
/// to the result.
package struct EpilogueForm: Sendable {
  /// The first input that is an operand.
  package let operandIndex: Int
  /// True if the channels are the last dimension of the results and not, as those of images, the second.
  package let channelsAreLast: Bool
}

extension Node {
  /// The epilogue; nil if the node has none.
  ///
  /// - Throws: `invalidInput` if it is no program of its operands.
  package func epilogueProgram() throws(TesseraError) -> PointwiseProgram? {
    guard let form = OperatorRegistry.find(self)?.epilogueForm else { return nil }
    let operandCount = max(0, inputs.count - form.operandIndex)
    let program = try programAttribute("epilogue", inputCount: 1 + operandCount)
    guard program != nil || operandCount == 0 else {
      throw invalid("it has operands of an epilogue, but none of the attribute 'epilogue'")
    }
    return program
  }

  /// The values that the epilogue reads besides the results.
  package var epilogueOperands: [String] {
    Array(inputs.dropFirst(OperatorRegistry.find(self)?.epilogueForm?.operandIndex ?? inputs.count))
  }

  /// - Throws: `invalidInput` if the node has no sound epilogue, or an operand of it extends the result or
  ///   has another type.
  fileprivate func checkEpilogue(of result: TensorType, in graph: Graph) throws(TesseraError) {
    _ = try epilogueProgram()
    for index in inputs.indices.suffix(epilogueOperands.count) {
      let type = try graph.inputType(index, of: self)
      try checkSameElementType(result.elementType, type, "input \(index)")
      guard let own = type.dimensions, let dimensions = result.dimensions else { continue }
      guard own.count <= dimensions.count,
        zip(own.reversed(), dimensions.reversed()).allSatisfy({
          $0 == .fixed(1) || $0.mayEqual($1)
        })
      else { throw invalid("its operand \(type) does not broadcast to its result \(result)") }
    }
  }
}

extension Operator {
  /// This operator in domain `tessera`, whose nodes may have an epilogue: as in every opset version, then
  /// the operands.
  func takingEpilogue(channelsAreLast: Bool = false) -> Operator {
    let inputCounts = forms.map(\.inputCounts)
    let operandIndex = inputCounts.map(\.upperBound).max() ?? 1
    let form = OperatorForm(
      inputs: (inputCounts.map(\.lowerBound).min() ?? 1)...operandIndex
        + PointwiseProgram.maximumInputCount - 1,
      attributes: forms.reduce(["epilogue"]) { $0.union($1.attributes) })
    let inferTypes = inferTypes
    var result = Operator(
      name, domain: "tessera", forms: [form],
      inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
        let types = try inferTypes(node, graph, opsetVersion)
        try node.checkEpilogue(of: types[0], in: graph)
        return types
      })
    result.epilogueForm = EpilogueForm(
      operandIndex: operandIndex, channelsAreLast: channelsAreLast)
    return result
  }
}
