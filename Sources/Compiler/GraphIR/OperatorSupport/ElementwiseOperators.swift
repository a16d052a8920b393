import PointwisePrograms
import Tensors

/// What an element-wise operator on broadcast operands takes and gives.
struct ElementwiseSignature: Sendable {
  enum Operands: Sendable {
    case floatingPoint, numbers, truthValues, anything
  }

  var operands: Operands
  /// How many of the first inputs are truth values that choose among the others.
  var conditionCount = 0
  /// False where each operand has a type of its own.
  var sharesType = true
  /// The result's type; nil for that of the first operand that is no condition.
  var result: ElementType?

  /// The result's type.
  ///
  /// - Throws: `invalidInput` where the inputs' types or shapes do not fit.
  fileprivate func resultType(of node: Node, in graph: Graph) throws(TesseraError) -> TensorType {
    var dimensions: [Dimension]? = []
    var first: TensorType?
    for index in node.inputs.indices {
      let type = try graph.inputType(index, of: node)
      if index < conditionCount {
        guard type.elementType == .bool else {
          throw node.invalid("its condition must be bool, but is \(type)")
        }
      } else {
        try check(type, node)
        if let first, sharesType {
          try node.checkSameElementType(first.elementType, type, "input \(index)")
        }
        first = first ?? type
      }
      guard let left = dimensions, let right = type.dimensions else {
        dimensions = nil
        continue
      }
      guard let both = broadcast(left, right) else {
        throw node.invalid(
          "its input \(index) is \(type), which does not broadcast with the others")
      }
      dimensions = both
    }
    return TensorType(result ?? first?.elementType ?? .bool, dimensions)
  }

  private func check(_ type: TensorType, _ node: Node) throws(TesseraError) {
    let fits =
      switch operands {
      case .floatingPoint: type.elementType.isFloatingPoint
      case .numbers: type.elementType != .bool
      case .truthValues: type.elementType == .bool
      case .anything: true
      }
    guard fits else {
      throw node.invalid("its operands must be \(operands.words), but one is \(type)")
    }
  }
}

extension ElementwiseSignature.Operands {
  fileprivate var words: String {
    switch self {
    case .floatingPoint: "floating-point numbers"
    case .numbers: "numbers"
    case .truthValues: "bool"
    case .anything: "tensors"
    }
  }
}

extension Operator {
  /// An element-wise operator on operands that broadcast.
  ///
  /// - Parameters:
  ///   - integers: the result for integers and truth values, exact; nil if they are computed as the program
  ///     says, in Float64.
  ///   - elements: the result for elements of shape arithmetic of which not all are known.
  ///   - program: what a node computes of so many inputs.
  static func elementwise(
    _ name: String, forms: [OperatorForm], _ signature: ElementwiseSignature,
    integers: (@Sendable ([Int128]) -> Int128)? = nil,
    elements: @escaping @Sendable ([Dimension]) -> Dimension? = { _ in nil },
    program: @escaping @Sendable (Node, Graph) throws(TesseraError) -> PointwiseProgram
  ) -> Operator {
    @Sendable func element(_ operands: [Dimension]) -> Dimension {
      if let known = elements(operands) { return known }
      guard let values = operands.fixedValues, let integers,
        let result = Int(exactly: integers(values.map { Int128($0) }))
      else { return .unknown }
      return .fixed(result)
    }
    return Operator(
      name, forms: forms,
      inferTypes: { (node, graph, _) throws(TesseraError) in
        let type = try signature.resultType(of: node, in: graph)
        _ = try program(node, graph)
        return [type]
      },
      inferElements: { (node, graph, _) throws(TesseraError) in
        let operands = node.inputs.compactMap(graph.elements)
        let count = operands.contains { $0.isEmpty } ? 0 : operands.map(\.count).max() ?? 0
        guard integers != nil, operands.count == node.inputs.count,
          operands.allSatisfy({ $0.count == count || $0.count == 1 })
        else { return nil }
        return (0..<count).map { index in
          element(operands.map { $0.count == 1 ? $0[0] : $0[index] })
        }
      },
      evaluate: { (node, inputs, _) throws(TesseraError) in
        let graph = Graph(evaluating: node, inputs: inputs)
        let type = try signature.resultType(of: node, in: graph)
        guard let dimensions = type.dimensions?.fixedValues else {
          throw node.invalid("the shape \(type) of its result is not known")
        }
        var operands: [Tensor] = []
        for index in node.inputs.indices { operands.append(try node.constant(inputs, index)) }
        let shape = try node.evaluatedShape(dimensions, type.elementType, growingFrom: operands)
        for index in operands.indices {
          operands[index] = try operands[index].broadcast(to: dimensions, for: node)
        }
        if let integers, operands.allSatisfy({ !$0.elementType.isFloatingPoint }) {
          var columns: [[Int128]] = []
          for operand in operands { columns.append(try operand.wideIntegers(for: node)) }
          let results = try Tensor(shape: shape) { index in
            Int64(truncatingIfNeeded: integers(columns.map { $0[index] }))
          }
          return [try results.cast(to: type.elementType)]
        }
        let program = try program(node, graph)
        var columns: [TensorElements<Double>] = []
        for operand in operands {
          columns += try operand.cast(to: .float64).elements(as: Double.self).map { [$0] } ?? []
        }
        let results = try Tensor(shape: shape) { index in
          program.evaluate(columns.prefix(program.inputCount).map { $0[index] })
        }
        return [try results.cast(to: type.elementType)]
      },
      pointwise: { (node, graph, _) throws(TesseraError) in try program(node, graph) })
  }

  /// An operator that is one operation on two operands, in turn where there are more.
  static func elementwise(
    _ name: String, forms: [OperatorForm] = [OperatorForm(inputs: 2...2)],
    _ signature: ElementwiseSignature, _ operation: PointwiseOperation,
    integers: @escaping @Sendable (Int128, Int128) -> Int128
  ) -> Operator {
    elementwise(
      name, forms: forms, signature,
      integers: { operands in operands.dropFirst().reduce(operands.first ?? 0, integers) },
      program: { (node, _) in .chain(operation, inputCount: node.inputs.count) })
  }
}

extension PointwiseProgram {
  /// An operation on the first two inputs, on that and the third, and so on.
  static func chain(_ operation: PointwiseOperation, inputCount: Int) -> PointwiseProgram {
    var program = PointwiseProgram(inputCount: inputCount)
    var value = 0
    for input in 0..<inputCount where input > 0 { value = program.append(operation, value, input) }
    return program
  }

  /// `1 − value`, which negates a truth value.
  mutating func append(not value: Int) -> Int {
    let one = append(constant: 1)
    return append(.subtract, one, value)
  }

  /// One value where a condition holds, another elsewhere.
  mutating func append(where condition: Int, _ value: Int, else other: Int) -> Int {
    let chosen = append(.selectWhere, condition, value)
    return append(.union, chosen, append(.selectUnless, condition, other))
  }

  /// `e^value − 1` of a value that is not positive: `2t / (1 − t)` with `t = tanh(value / 2)`, which loses no
  /// digits near 0.
  mutating func append(exponentialMinusOne value: Int) -> Int {
    let t = append(.hyperbolicTangent, append(.multiply, value, append(constant: 0.5)))
    return append(.divide, append(.add, t, t), append(not: t))
  }

  /// `ln (1 + e^value)`: `max(value, 0) + ln (1 + e^−|value|)`.
  package mutating func append(softplus value: Int) -> Int {
    let power = append(.exponential, append(.negate, append(.absolute, value)))
    let positive = append(.maximum, value, append(constant: 0))
    return append(.add, positive, append(.logarithmOfOnePlus, power))
  }
}
