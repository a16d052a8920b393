import Tensors

/// ONNX `Slice`: every `step`-th element from `start` to before `end`, for each dimension.
/// Attributes before opset 10, inputs from then on.
package struct SliceParameters: Sendable, Equatable {
  /// The first element of each of the input's dimensions.
  package var starts: [Int]
  /// The element of each dimension to stop before; −1 where a negative step ends with element 0.
  package var ends: [Int]
  /// The distance between neighbours in each dimension; not 0.
  package var steps: [Int]

  /// Extents of the output.
  package var extents: [Int] { starts.indices.map(extent) }

  private func extent(_ dimension: Int) -> Int {
    let distance = ends[dimension] - starts[dimension]
    let step = steps[dimension]
    guard distance != 0, (distance > 0) == (step > 0) else { return 0 }
    return (abs(distance) - 1) / abs(step) + 1
  }

  /// - Throws: `unsupported` if the input's extents or the bounds are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let extents = type.shape?.dimensions else {
      throw node.unsupported("its input's shape \(type) is not fixed")
    }
    guard
      let bounds = try SliceBounds(
        node, in: graph, rank: extents.count, opsetVersion: opsetVersion)
    else {
      throw node.unsupported("its bounds are computed at run time; only constants are supported")
    }
    starts = Array(repeating: 0, count: extents.count)
    ends = extents
    steps = Array(repeating: 1, count: extents.count)
    for (place, axis) in bounds.axes.enumerated() {
      (starts[axis], ends[axis], steps[axis]) = bounds.clamped(place, to: extents[axis])
    }
  }
}

/// The bounds that a `Slice` node gives, for some of the dimensions and not yet clamped.
struct SliceBounds {
  var axes: [Int]
  var starts: [Int]
  var ends: [Int]
  var steps: [Int]

  /// Reads the bounds; nil if they are not constant.
  init?(_ node: Node, in graph: Graph, rank: Int, opsetVersion: Int) throws(TesseraError) {
    let givenAxes: [Int]?
    let givenSteps: [Int]?
    if opsetVersion < 10 {
      starts = try node.require(try node.intsAttribute("starts"), attribute: "starts")
      ends = try node.require(try node.intsAttribute("ends"), attribute: "ends")
      givenAxes = try node.intsAttribute("axes")
      givenSteps = nil
    } else {
      var lists: [[Int]?] = []
      for (index, label) in ["starts", "ends", "axes", "steps"].enumerated() {
        let elements = try graph.integerElements(index + 1, label, of: node)
        if node.input(index + 1) != nil, elements?.fixedValues == nil { return nil }
        lists.append(elements?.fixedValues)
      }
      starts = try node.require(lists[0], input: "starts")
      ends = try node.require(lists[1], input: "ends")
      (givenAxes, givenSteps) = (lists[2], lists[3])
    }
    let count = starts.count
    steps = givenSteps ?? Array(repeating: 1, count: count)
    axes = []
    for axis in givenAxes ?? Array(0..<count) {
      axes.append(try node.normalizedAxis(axis, rank: rank))
    }
    guard ends.count == count, axes.count == count, steps.count == count else {
      throw node.invalid(
        "it has \(count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps, "
          + "expected as many of each")
    }
    guard Set(axes).count == count else {
      throw node.invalid("the axes \(listDescription(axes)) name a dimension twice")
    }
    guard !steps.contains(0) else { throw node.invalid("a step is 0") }
  }

  /// The bounds at `place` for a dimension of `extent` elements. With a negative step, a start
  /// before the first element means the first, as the specification says and NumPy does not.
  func clamped(_ place: Int, to extent: Int) -> (start: Int, end: Int, step: Int) {
    if extent == 0 { return (0, 0, steps[place]) }
    // A longer step than the dimension takes one element, as the dimension's length does.
    let step = min(max(steps[place], -extent - 1), extent + 1)
    func clamp(_ bound: Int) -> Int {
      let position = bound < 0 ? bound + extent : bound
      return step > 0 ? min(max(position, 0), extent) : min(max(position, -1), extent - 1)
    }
    let start = step > 0 ? clamp(starts[place]) : max(clamp(starts[place]), 0)
    return (start, clamp(ends[place]), step)
  }

  /// True if the slice at `place` takes a dimension of any extent as a whole.
  func takesAll(_ place: Int) -> Bool {
    // Exporters write "to the end" as the greatest int32 or int64.
    starts[place] == 0 && steps[place] == 1 && ends[place] >= Int(Int32.max)
  }
}

extension Operator {
  static let slice = Operator(
    "Slice",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["axes", "ends", "starts"]),
      OperatorForm(since: 10, inputs: 3...5),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      guard var dimensions = input.dimensions else { return [input] }
      guard
        let bounds = try SliceBounds(
          node, in: graph, rank: dimensions.count, opsetVersion: opsetVersion)
      else {
        return [
          TensorType(input.elementType, Array(repeating: .unknown, count: dimensions.count))
        ]
      }
      for (place, axis) in bounds.axes.enumerated() {
        guard let extent = dimensions[axis].value else {
          if !bounds.takesAll(place) { dimensions[axis] = .unknown }
          continue
        }
        let (start, end, step) = bounds.clamped(place, to: extent)
        let distance = step > 0 ? end - start : start - end
        dimensions[axis] = .fixed(distance <= 0 ? 0 : (distance - 1) / Swift.abs(step) + 1)
      }
      return [TensorType(input.elementType, dimensions)]
    },
    inferElements: { (node, graph, opsetVersion) throws(TesseraError) in
      guard let elements = node.input(0).flatMap(graph.elements),
        let bounds = try SliceBounds(node, in: graph, rank: 1, opsetVersion: opsetVersion)
      else { return nil }
      guard !bounds.axes.isEmpty else { return elements }
      let (start, end, step) = bounds.clamped(0, to: elements.count)
      return stride(from: start, to: end, by: step).map { elements[$0] }
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let slice = try SliceParameters(node, in: graph, opsetVersion: opsetVersion)
      _ = try node.evaluatedShape(slice.extents, input.elementType, growingFrom: [input])
      let strides = input.shape.strides
      let offsets = slice.extents.enumerated().map { axis, extent in
        (0..<extent).map { (slice.starts[axis] + $0 * slice.steps[axis]) * strides[axis] }
      }
      return [try input.gathered(offsets, for: node)]
    }
  )
  .stating(.any, limits: "bounds are constants")
}
