import PointwisePrograms
import Tensors

/// What `Add`, `Sub`, `Mul` and `Div` compute. Integers wrap around.
enum ArithmeticOperation: Sendable {
  case add, subtract, multiply, divide

  func apply<Scalar: BinaryFloatingPoint>(_ a: Scalar, _ b: Scalar) -> Scalar {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    }
  }

  /// The wrapped result and whether it wrapped; nil for a division by zero.
  func apply<Scalar: FixedWidthInteger>(_ a: Scalar, _ b: Scalar)
    -> (partialValue: Scalar, overflow: Bool)?
  {
    switch self {
    case .add: a.addingReportingOverflow(b)
    case .subtract: a.subtractingReportingOverflow(b)
    case .multiply: a.multipliedReportingOverflow(by: b)
    case .divide: b == 0 ? nil : a.dividedReportingOverflow(by: b)
    }
  }

  /// The result for elements of which not all are known.
  func apply(_ a: Dimension, _ b: Dimension) -> Dimension {
    switch (self, a, b) {
    case (_, .fixed(let x), .fixed(let y)):
      guard let (value, overflow) = apply(x, y), !overflow else { return .unknown }
      return .fixed(value)
    case (.add, let x, .fixed(0)), (.add, .fixed(0), let x), (.subtract, let x, .fixed(0)),
      (.multiply, let x, .fixed(1)), (.multiply, .fixed(1), let x), (.divide, let x, .fixed(1)):
      return x
    default: return .unknown
    }
  }
}

extension ArithmeticOperation {
  fileprivate var program: PointwiseProgram {
    var program = PointwiseProgram(inputCount: 2)
    let step: PointwiseOperation =
      switch self {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: .divide
      }
    _ = program.append(step, 0, 1)
    return program
  }
}

extension Operator {
  /// An element-wise operator on two broadcast operands of one type.
  static func arithmetic(_ name: String, _ operation: ArithmeticOperation) -> Operator {
    Operator(
      name, forms: [OperatorForm(inputs: 2...2)],
      inferTypes: { (node, graph, _) throws(TesseraError) in
        let (a, b) = (try graph.inputType(0, of: node), try graph.inputType(1, of: node))
        try node.checkSameElementType(a.elementType, b, "second input")
        guard a.elementType != .bool else {
          throw node.invalid("its operands must be numbers, but are \(a) and \(b)")
        }
        guard let left = a.dimensions, let right = b.dimensions else {
          return [TensorType(a.elementType, nil)]
        }
        guard let dimensions = broadcast(left, right) else {
          throw node.invalid("its operands \(a) and \(b) do not broadcast")
        }
        return [TensorType(a.elementType, dimensions)]
      },
      inferElements: { (node, graph, _) throws(TesseraError) in
        guard let left = node.input(0).flatMap(graph.elements),
          let right = node.input(1).flatMap(graph.elements),
          left.count == right.count || left.count == 1 || right.count == 1
        else { return nil }
        // Either list has one element or as many as the result.
        let count = left.count == 1 ? right.count : left.count
        return (0..<count).map { index in
          operation.apply(left[left.count == 1 ? 0 : index], right[right.count == 1 ? 0 : index])
        }
      },
      evaluate: { (node, inputs, _) throws(TesseraError) in
        let (a, b) = (try node.constant(inputs, 0), try node.constant(inputs, 1))
        return [try node.evaluate(operation, a, b)]
      },
      pointwise: { (_, _, _) in operation.program })
  }
}

extension Node {
  fileprivate func evaluate(_ operation: ArithmeticOperation, _ a: Tensor, _ b: Tensor)
    throws(TesseraError) -> Tensor
  {
    guard a.elementType == b.elementType,
      let dimensions = broadcast(
        TensorType(of: a).dimensions ?? [], TensorType(of: b).dimensions ?? [])?.fixedValues
    else {
      throw invalid("its operands \(TensorType(of: a)) and \(TensorType(of: b)) do not fit")
    }
    let left = try a.broadcast(to: dimensions, for: self)
    let right = try b.broadcast(to: dimensions, for: self)
    switch a.elementType {
    case .float32: return try evaluate(operation, left, right, as: Float.self)
    case .float64: return try evaluate(operation, left, right, as: Double.self)
    case .float16: return try evaluate(operation, left, right, as: Float16.self)
    case .int8: return try evaluate(operation, left, right, as: Int8.self)
    case .int16: return try evaluate(operation, left, right, as: Int16.self)
    case .int32: return try evaluate(operation, left, right, as: Int32.self)
    case .int64: return try evaluate(operation, left, right, as: Int64.self)
    case .uint8: return try evaluate(operation, left, right, as: UInt8.self)
    case .uint16: return try evaluate(operation, left, right, as: UInt16.self)
    case .uint32: return try evaluate(operation, left, right, as: UInt32.self)
    case .uint64: return try evaluate(operation, left, right, as: UInt64.self)
    case .bfloat16:
      // Rounding to float32 first changes no sum, product or quotient of numbers of 8 bits.
      let wide = (try left.cast(to: .float32), try right.cast(to: .float32))
      return try evaluate(operation, wide.0, wide.1, as: Float.self).cast(to: .bfloat16)
    case .bool:
      throw unsupported("arithmetic on \(a.elementType.onnxName) constants is not supported")
    }
  }

  private func evaluate<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ operation: ArithmeticOperation, _ a: Tensor, _ b: Tensor, as type: Scalar.Type
  ) throws(TesseraError) -> Tensor {
    let (left, right) = (try elements(of: a, as: type), try elements(of: b, as: type))
    return try Tensor(shape: a.shape) { index in operation.apply(left[index], right[index]) }
  }

  private func evaluate<Scalar: TensorScalar & FixedWidthInteger>(
    _ operation: ArithmeticOperation, _ a: Tensor, _ b: Tensor, as type: Scalar.Type
  ) throws(TesseraError) -> Tensor {
    let (left, right) = (try elements(of: a, as: type), try elements(of: b, as: type))
    return try Tensor(shape: a.shape) { (index) throws(TesseraError) in
      guard let value = operation.apply(left[index], right[index]) else {
        throw invalid("it divides the integer \(left[index]) by zero")
      }
      return value.partialValue
    }
  }

  private func elements<Scalar: TensorScalar>(
    of operand: Tensor, as type: Scalar.Type
  ) throws(TesseraError) -> TensorElements<Scalar> {
    guard let elements = operand.elements(as: type) else {
      throw invalid("its operand \(TensorType(of: operand)) holds other elements")
    }
    return elements
  }
}
