import PointwisePrograms
import Tensors

extension Node {
  /// A pointwise program in an attribute, one string an instruction: the operation and the numbers of the
  /// values that it reads, as in `multiply 0 2`, or a constant, as in `constant 0.5`.
  ///
  /// - Throws: `invalidInput` if the strings are no program of so many inputs that a kernel can run.
  package func programAttribute(_ name: String, inputCount: Int) throws(TesseraError)
    -> PointwiseProgram?
  {
    guard let attribute = attributes[name] else { return nil }
    guard case .strings(let lines) = attribute,
      1...PointwiseProgram.maximumInstructionCount ~= lines.count,
      0...PointwiseProgram.maximumInputCount ~= inputCount
    else {
      throw invalid(
        """
        the attribute '\(name)' must be a list of 1 to \(PointwiseProgram.maximumInstructionCount) \
        instructions on at most \(PointwiseProgram.maximumInputCount) inputs
        """)
    }
    var program = PointwiseProgram(inputCount: inputCount)
    for line in lines {
      guard let instruction = PointwiseProgram.Instruction(line, earlier: program.valueCount) else {
        throw invalid(
          """
          the attribute '\(name)' has the instruction '\(line)', expected an operation and values \
          before \(program.valueCount), or 'constant' and a number
          """)
      }
      program.instructions.append(instruction)
    }
    return program
  }
}

extension Attribute {
  /// What `programAttribute` reads.
  package init(_ program: PointwiseProgram) {
    self = .strings(program.instructions.map(\.text))
  }
}

extension PointwiseProgram.Instruction {
  private static let operations: [String: PointwiseOperation] = Dictionary(
    PointwiseOperation.allCases.map { ("\($0)", $0) }
  ) { first, _ in first }

  fileprivate var text: String {
    if operation == .constant { return "constant \(constant)" }
    let values = [left, right].prefix(operation.operandCount)
    return (["\(operation)"] + values.map { "\($0)" }).joined(separator: " ")
  }

  /// - Parameter earlier: how many values there are before this instruction's.
  fileprivate init?(_ text: String, earlier: Int) {
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, let operation = Self.operations[first] else { return nil }
    let operands = words.dropFirst()
    if operation == .constant {
      guard operands.count == 1, let value = operands.first.flatMap(Float.init) else { return nil }
      self.init(.constant, constant: value)
      return
    }
    let values = operands.compactMap { Int($0) }.filter { (0..<earlier).contains($0) }
    guard values.count == operation.operandCount, operands.count == values.count else { return nil }
    self.init(operation, values[0], values.count > 1 ? values[1] : 0)
  }
}
