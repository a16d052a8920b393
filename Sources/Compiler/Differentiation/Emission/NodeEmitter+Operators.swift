import GraphIR
import PointwisePrograms
import Tensors

/// Operators in the form that the graph's operator set gives them. What would change nothing is left out.
extension NodeEmitter {
  /// A constant vector of integers, as axes and shapes are.
  mutating func integers(_ values: [Int]) throws(TesseraError) -> String {
    constant(try Tensor(values.map(Int64.init), shape: [values.count]))
  }

  /// A constant of rank 0 in the element type of `value`.
  mutating func scalar(_ number: Double, like value: String) throws(TesseraError) -> String {
    constant(try Tensor([number], shape: []).cast(to: try type(of: value).elementType))
  }

  /// A constant of one number everywhere, of the type of `value`.
  mutating func filled(
    _ number: Double, like value: String, as name: String? = nil
  ) throws(TesseraError) -> String {
    let type = try type(of: value)
    guard let shape = Shape(try extents(of: value)) else {
      throw TesseraError(.invalidInput, "its type \(type) is too large", at: .value(value))
    }
    let tensor = try Tensor(elementType: .float32, shape: shape) { bytes in
      for index in 0..<shape.elementCount {
        bytes.storeBytes(of: Float(number), toByteOffset: 4 * index, as: Float.self)
      }
    }
    return constant(try tensor.cast(to: type.elementType), as: name)
  }

  /// A product with a number.
  mutating func scaled(_ value: String, by factor: Double) throws(TesseraError) -> String {
    guard factor != 1 else { return value }
    return try emit("Mul", [value, try scalar(factor, like: value)])
  }

  /// An element-wise function of operands that broadcast.
  mutating func pointwise(
    _ operands: [String], _ build: (inout PointwiseProgram) -> Void
  ) throws(TesseraError) -> String {
    var program = PointwiseProgram(inputCount: operands.count)
    build(&program)
    return try emit(
      "Pointwise", domain: "tessera", operands, ["program": Attribute(program)])
  }

  /// `ReduceSum` or `ReduceMean`.
  mutating func reduced(
    _ operatorName: String, _ value: String, axes: [Int], keepsDimensions: Bool = true
  ) throws(TesseraError) -> String {
    guard !axes.isEmpty else { return value }
    var inputs = [value]
    var attributes = ["keepdims": Attribute.int(keepsDimensions ? 1 : 0)]
    if try self.attributes(of: operatorName).contains("axes") {
      attributes["axes"] = .ints(axes.map(Int64.init))
    } else {
      inputs.append(try integers(axes))
    }
    return try emit(operatorName, inputs, attributes)
  }

  /// The sums of the elements that an operand of `extents` was broadcast to.
  mutating func sum(_ value: String, to extents: [Int]) throws(TesseraError) -> String {
    let all = try self.extents(of: value)
    let lead = all.count - extents.count
    let axes = all.indices.filter { $0 < lead || (extents[$0 - lead] == 1 && all[$0] != 1) }
    let dropsAxes = axes == Array(0..<lead)
    let sums = try reduced("ReduceSum", value, axes: axes, keepsDimensions: !dropsAxes)
    return try reshaped(sums, to: extents)
  }

  mutating func reshaped(_ value: String, to extents: [Int]) throws(TesseraError) -> String {
    guard try self.extents(of: value) != extents else { return value }
    let copiesZeros = extents.contains(0)
    return try emit(
      "Reshape", [value, try integers(extents)], copiesZeros ? ["allowzero": .int(1)] : [:])
  }

  /// The value repeated along dimensions of one element; it has as many dimensions as `extents`.
  mutating func repeated(_ value: String, to extents: [Int]) throws(TesseraError) -> String {
    let own = try self.extents(of: value)
    guard own != extents else { return value }
    let counts = zip(own, extents).map { $0 == $1 ? 1 : $1 }
    return try emit("Tile", [value, try integers(counts)])
  }

  mutating func transposed(_ value: String, _ permutation: [Int]) throws(TesseraError) -> String {
    guard permutation != Array(permutation.indices) else { return value }
    return try emit("Transpose", [value], ["perm": .ints(permutation.map(Int64.init))])
  }

  /// The elements from `start` to before `end` along one dimension.
  mutating func sliced(
    _ value: String, axis: Int, from start: Int, to end: Int
  ) throws(TesseraError) -> String {
    guard try (start, end) != (0, extents(of: value)[axis]) else { return value }
    if try attributes(of: "Slice").contains("starts") {
      return try emit(
        "Slice", [value],
        [
          "starts": .ints([Int64(start)]), "ends": .ints([Int64(end)]),
          "axes": .ints([Int64(axis)]),
        ])
    }
    return try emit(
      "Slice", [value, try integers([start]), try integers([end]), try integers([axis])])
  }

  /// The elements along one dimension in reverse.
  mutating func reversed(_ value: String, axis: Int) throws(TesseraError) -> String {
    let extent = try extents(of: value)[axis]
    guard extent > 1 else { return value }
    guard try !attributes(of: "Slice").contains("starts") else {
      return try emit(
        "Gather", [value, try integers((0..<extent).reversed())], ["axis": .int(Int64(axis))])
    }
    return try emit(
      "Slice",
      [
        value, try integers([extent - 1]), try integers([-extent - 1]), try integers([axis]),
        try integers([-1]),
      ])
  }

  /// Zeros around the elements; negative amounts take elements away.
  mutating func padded(
    _ value: String, before: [Int], after: [Int]
  ) throws(TesseraError) -> String {
    guard (before + after).contains(where: { $0 != 0 }) else { return value }
    if try attributes(of: "Pad").contains("pads") {
      return try emit("Pad", [value], ["pads": .ints((before + after).map(Int64.init))])
    }
    return try emit("Pad", [value, try integers(before + after)])
  }
}
