import Tensors

/// ONNX `Range`: `start + i · delta` for each `i ≥ 0` with which that lies before `limit`; three numbers of
/// one type, from opset 11. `float16` and `bfloat16` are computed in float32, as `stash_type` 1 says.
extension Operator {
  static let range = Operator(
    "Range",
    forms: [
      OperatorForm(since: 11, inputs: 3...3),
      OperatorForm(since: 27, inputs: 3...3, attributes: ["stash_type"]),
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let type = try graph.checkedRangeType(of: node)
      let stashType = try node.intAttribute("stash_type", default: 1)
      guard stashType == 1 || ![.float16, .bfloat16].contains(type) else {
        throw node.unsupported("the stash_type \(stashType) is not supported, only 1")
      }
      return [TensorType(type, [try graph.rangeExtent(of: node)])]
    },
    inferElements: { (node, graph, _) throws(TesseraError) in
      guard let progression = graph.integerProgression(of: node) else { return nil }
      let count = try progression.count(for: node)
      guard count <= Tensor.maxShapeElements else { return nil }
      return (0..<count).map { .fixed(Int(progression.element($0))) }
    },
    evaluate: { (node, inputs, _) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let type = try graph.checkedRangeType(of: node)
      guard let extent = try graph.rangeExtent(of: node).value else {
        throw node.invalid("start, limit and delta must be numbers")
      }
      let shape = try node.evaluatedShape([extent], type, growingFrom: [])
      if let progression = graph.integerProgression(of: node) {
        let values = try Tensor(shape: shape) { Int64(progression.element($0)) }
        return [try values.cast(to: type)]
      }
      let (start, delta) = (try node.constant(inputs, 0), try node.constant(inputs, 2))
      if type == .float64 {
        let (first, step) = (try start.first(Double.self), try delta.first(Double.self))
        return [try Tensor(shape: shape) { first + Double($0) * step }]
      }
      let (first, step) = (try start.first(Float.self), try delta.first(Float.self))
      return [try Tensor(shape: shape) { first + Float($0) * step }.cast(to: type)]
    }
  )
  .stating(
    .any, limits: "start, limit and delta are known at compile time",
    "stash_type = 1 of float16 and bfloat16")
}

/// The numbers of a range, exact.
private struct IntegerProgression {
  let start, limit, delta: Int128

  func element(_ index: Int) -> Int128 { start + Int128(index) * delta }

  /// How many there are.
  func count(for node: Node) throws(TesseraError) -> Int {
    guard delta != 0 else { throw node.invalid("its delta is 0") }
    let (span, step) = delta > 0 ? (limit - start, delta) : (start - limit, -delta)
    return try node.checkedCount(Double(span > 0 ? (span + step - 1) / step : 0))
  }
}

extension Graph {
  /// The element type that the three inputs share.
  fileprivate func checkedRangeType(of node: Node) throws(TesseraError) -> ElementType {
    let type = try inputType(0, of: node).elementType
    for (index, name) in ["start", "limit", "delta"].enumerated() {
      let input = try inputType(index, of: node)
      try node.checkSameElementType(type, input, name)
      guard input.dimensions?.allSatisfy({ $0.mayEqual(.fixed(1)) }) ?? true else {
        throw node.invalid("the input '\(name)' must be one number, but is \(input)")
      }
    }
    guard type.isFloatingPoint || [.int16, .int32, .int64].contains(type) else {
      throw node.invalid(
        "its inputs must be signed numbers of at least 16 bits, but are \(type.onnxName)")
    }
    return type
  }

  /// How many numbers there are, as far as that is known; `limit` of those from 0 by steps of 1.
  fileprivate func rangeExtent(of node: Node) throws(TesseraError) -> Dimension {
    if let progression = integerProgression(of: node) {
      return .fixed(try progression.count(for: node))
    }
    let elements = (0..<3).map { node.input($0).flatMap(self.elements)?.first }
    if elements[0] == .fixed(0), elements[2] == .fixed(1), case .symbol(let name) = elements[1] {
      return .symbol(name)
    }
    let constants = (0..<3).compactMap { node.input($0).flatMap { self.constants[$0] } }
    guard constants.count == 3, constants[0].elementType.isFloatingPoint else { return .unknown }
    let (start, limit) = (try constants[0].first(Double.self), try constants[1].first(Double.self))
    let delta = try constants[2].first(Double.self)
    guard delta != 0 else { throw node.invalid("its delta is 0") }
    let isDouble = constants[0].elementType == .float64
    let span = isDouble ? limit - start : Double(Float(limit) - Float(start))
    return .fixed(try node.checkedCount(max((span / delta).rounded(.up), 0)))
  }

  /// Start, limit and delta where they are integers that are known.
  fileprivate func integerProgression(of node: Node) -> IntegerProgression? {
    var numbers: [Int128] = []
    for index in 0..<3 {
      guard let name = node.input(index) else { return nil }
      let number =
        if let constant = constants[name] { constant.firstInteger } else {
          elements(of: name)?.first?.value
        }
      guard let number else { return nil }
      numbers.append(Int128(number))
    }
    return IntegerProgression(start: numbers[0], limit: numbers[1], delta: numbers[2])
  }
}

extension Tensor {
  /// The first element of a signed integer type; nil for other types and for an empty tensor.
  fileprivate var firstInteger: Int? {
    guard !elementType.isFloatingPoint, elementType != .uint64, shape.elementCount > 0,
      let wide = try? cast(to: .int64).elements(as: Int64.self)
    else { return nil }
    return wide.first.map { Int($0) }
  }

  /// The first element; 0 of an empty tensor.
  fileprivate func first<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ type: Scalar.Type
  ) throws(TesseraError) -> Scalar {
    try cast(to: Scalar.elementType).elements(as: type)?.first ?? 0
  }
}

extension Node {
  /// - Throws: `invalidInput` for a count that is no number, `unsupported` for one that no tensor has.
  fileprivate func checkedCount(_ count: Double) throws(TesseraError) -> Int {
    guard !count.isNaN else {
      throw invalid("its start, limit and delta give no number of elements")
    }
    guard let exact = Int(exactly: count), exact <= TensorType.maxByteCount else {
      throw unsupported("its result of \(count) elements is larger than is supported")
    }
    return exact
  }
}
