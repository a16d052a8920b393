import ExecutionPlan
import Tensors

extension Plan {
  /// The index of the variant whose inputs have exactly the names, element types and shapes of
  /// `inputs`.
  ///
  /// - Throws: `TesseraError` that lists every missing, unknown and mistyped input, or the shapes for
  ///   which the plan was compiled.
  public func variantIndex(for inputs: [String: Tensor]) throws(TesseraError) -> Int {
    let expected = image.contents.variants.first?.inputs ?? []
    try requireInputs(
      expected.map { ($0.name, $0.elementType) }, in: inputs, of: "the plan")

    let match = image.contents.variants.firstIndex { variant in
      variant.inputs.allSatisfy { inputs[$0.name]?.shape == $0.shape }
    }
    if let match { return match }
    let found = expected.map { "\($0.name):\(inputs[$0.name]?.shape.description ?? "")" }
    let compiled = image.contents.variants.map { variant in
      variant.inputs.map { "\($0.name):\($0.shape)" }.joined(separator: ",")
    }
    throw TesseraError(
      .invalidInput,
      "the plan was compiled for \(compiled.joined(separator: " or ")), found \(found.joined(separator: ","))"
    )
  }
}

/// Checks that tensors are given for the inputs of `owner` and have their element types.
///
/// - Throws: `TesseraError` that lists every missing, unknown and mistyped input.
package func requireInputs(
  _ expected: [(name: String, elementType: ElementType)], in inputs: [String: Tensor],
  of owner: String
) throws(TesseraError) {
  let names = expected.map(\.name)
  let known = Set(names)
  let nameList = quotedList(names)
  var problems: [Diagnostic] = []
  for input in expected {
    guard let tensor = inputs[input.name] else {
      problems.append(Diagnostic("the input is missing", at: .value(input.name)))
      continue
    }
    if tensor.elementType != input.elementType {
      problems.append(
        Diagnostic(
          "expected \(input.elementType.onnxName), found \(tensor.elementType.onnxName)",
          at: .value(input.name)))
    }
  }
  for name in inputs.keys.sorted() where !known.contains(name) {
    problems.append(
      Diagnostic("\(owner) has no such input, it has \(nameList)", at: .value(name)))
  }
  if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
}
