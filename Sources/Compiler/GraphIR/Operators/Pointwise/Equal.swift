import PointwisePrograms

/// ONNX `Equal`: `A = B`, element by element, after broadcasting; false where either is NaN.
extension Operator {
  static let equal = elementwise(
    "Equal", forms: [OperatorForm(inputs: 2...2)],
    ElementwiseSignature(operands: .anything, result: .bool),
    integers: { $0[0] == $0[1] ? 1 : 0 },
    elements: { operands in
      switch (operands[0], operands[1]) {
      case (.symbol(let a), .symbol(let b)) where a == b: .fixed(1)
      // A symbol stands for an extent.
      case (.symbol, .fixed(..<0)), (.fixed(..<0), .symbol): .fixed(0)
      default: nil
      }
    },
    program: { (_, _) in .chain(.equal, inputCount: 2) })
}
