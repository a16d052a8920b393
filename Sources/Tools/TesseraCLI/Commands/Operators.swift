import GraphIR
import Tessera

extension Command {
  static let operators = Command(
    name: "operators", summary: "List the ONNX operators that models may have",
    operands: [],
    options: [Common.json.declaration],
    notes: "Prints Docs/operators.md, a table in Markdown."
  ) { arguments, output throws(TesseraError) in
    let operators = OperatorRegistry.all.filter(\.domain.isEmpty).sorted { $0.name < $1.name }
    if arguments[Common.json] {
      try output.write(json(operators))
    } else {
      try output.write(markdown(operators))
    }
    return .done
  }
}

private func json(_ operators: [Operator]) -> JSONValue {
  let entries = operators.map { entry in
    JSONValue.object([
      "name": .string(entry.name),
      "opsets": .integers(entry.forms.map(\.sinceVersion)),
      "element_types": .string(entry.elementTypes.rawValue),
      "folds_constants": .bool(entry.evaluate != nil),
      "limits": .strings(entry.limits),
    ])
  }
  let versions = OperatorRegistry.opsetVersions
  return .object([
    "opset_versions": .integers([versions.lowerBound, versions.upperBound]),
    "operators": .array(entries),
  ])
}

private func markdown(_ operators: [Operator]) -> String {
  let versions = OperatorRegistry.opsetVersions
  let rows = operators.map { entry in
    let cells = [
      entry.name, entry.forms.map { "\($0.sinceVersion)" }.joined(separator: ", "),
      entry.elementTypes.rawValue, entry.evaluate == nil ? "" : "yes",
      entry.limits.joined(separator: "; "),
    ]
    return "| \(cells.joined(separator: " | ")) |\n"
  }
  return """
    # Operators

    Printed by `tessera operators`; \(operators.count) of ONNX's operators, in operator sets \(versions.lowerBound) to \
    \(versions.upperBound). An element-wise operator broadcasts as ONNX says.

    - *opsets*: the versions from which on a node has other inputs, outputs or attributes; all of them are read.
    - *types*: the element types at run time. `float32`: nodes of other floating-point types are computed in float32.
      `floating-point`: each type in its own arithmetic, where only such operators, casts and movement connect the values
      ([kernels.md](kernels.md#other-element-types)). `any`: elements are moved or converted.
    - *constants*: nodes whose inputs are all constants, of any element type that ONNX allows, are computed by the compiler.
    - *limits*: what holds besides. A constant may also be the result of nodes on constants and shapes. The shapes of all
      values follow from those of the inputs; [limits.md](limits.md) bounds what constants and kernels may take.

    | operator | opsets | types | constants | limits |
    |---|---|---|---|---|
    \(rows.joined())
    """
}
