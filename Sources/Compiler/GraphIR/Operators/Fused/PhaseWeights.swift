import Tensors

/// `tessera.PhaseWeights`: the weights `[inC, outC/group, kh, kw]` of a transposed convolution become those
/// `[outC · sy · sx, inC/group, rows, columns]` of the ordinary convolution of stride 1 that computes its phases
/// as channels, whose window is every stride-th tap in reverse. Its bias `[outC]` becomes that of all phases. The
/// phases of a channel follow each other where there are several groups, else the channels of a phase.
package struct PhaseWeightsParameters: Sendable, Equatable {
  package var strides: [Int]
  package var dilations: [Int]
  package var group: Int

  package init(strides: [Int], dilations: [Int], group: Int) {
    (self.strides, self.dilations, self.group) = (strides, dilations, group)
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    strides = try node.require(try node.intsAttribute("strides"), attribute: "strides")
    dilations = try node.require(try node.intsAttribute("dilations"), attribute: "dilations")
    group = try node.intAttribute("group", default: 1)
    guard strides.count == 2, dilations.count == 2,
      (strides + dilations).allSatisfy({ (1...1 << 10).contains($0) }),
      (1...WindowAttributes.limit).contains(group)
    else { throw node.invalid("its strides, dilations or group are out of range") }
  }

  package var attributes: [String: Attribute] {
    [
      "strides": .ints(strides.map { Int64($0) }), "dilations": .ints(dilations.map { Int64($0) }),
      "group": .int(Int64(group)),
    ]
  }

  package var phaseCount: Int { strides[0] * strides[1] }

  /// The phases and channels of the ordinary convolution's result.
  package var interleave: InterleaveParameters {
    InterleaveParameters(strides: strides, crop: [0, 0, 0, 0], keepsChannelsTogether: group > 1)
  }

  /// The ordinary convolution's window along a dimension of `taps`.
  package func windowExtent(_ axis: Int, taps: Int) -> Int {
    ((taps - 1) * dilations[axis] + strides[axis]) / strides[axis]
  }

  /// The elements of a phase's window that are taps of the transposed convolution, in order: element
  /// `first + i · step` is tap `firstTap − i · tapStep`.
  package struct Taps {
    package var count = 0
    package var first = 0
    package var step = 1
    package var firstTap = 0
    package var tapStep = 0
  }

  package func taps(_ axis: Int, of taps: Int, phase: Int) -> Taps {
    var result = Taps()
    let extent = windowExtent(axis, taps: taps)
    for element in 0..<extent {
      let offset = strides[axis] * (extent - 1 - element) + phase
      let (tap, rest) = offset.quotientAndRemainder(dividingBy: dilations[axis])
      guard rest == 0, tap < taps else { continue }
      if result.count == 0 { (result.first, result.firstTap) = (element, tap) }
      if result.count == 1 {
        (result.step, result.tapStep) = (element - result.first, result.firstTap - tap)
      }
      result.count += 1
    }
    return result
  }
}

/// Which weights of a transposed convolution are those of one of its phases.
package struct PhaseRegion {
  /// Groups, output channels of a group, input channels of a group, rows and columns of taps.
  package let extents: [Int]
  /// In elements.
  package let sourceOffset: Int
  package let sourceStrides: [Int]
  package let targetOffset: Int
  package let targetStrides: [Int]
}

extension PhaseWeightsParameters {
  /// Elements of the ordinary convolution's weights at most.
  private static let maximumElementCount = 1 << 28

  /// The dimensions of the ordinary convolution's weights or bias, of those of the transposed one's; nil if
  /// those are no such, or these would be larger than is reasonable.
  package func dimensions(of dimensions: [Int]) -> [Int]? {
    let result: [Int]
    guard dimensions.allSatisfy({ $0 <= Self.maximumElementCount }) else { return nil }
    if dimensions.count == 1 {
      result = [dimensions[0] * phaseCount]
    } else {
      guard dimensions.count == 4, dimensions[0].isMultiple(of: group),
        !dimensions.suffix(2).contains(0),
        dimensions[1] <= Self.maximumElementCount / group
      else { return nil }
      result =
        [dimensions[1] * group * phaseCount, dimensions[0] / group]
        + (0..<2).map { windowExtent($0, taps: dimensions[2 + $0]) }
    }
    let elementCount = result.reduce(1.0) { $0 * Double(max(1, $1)) }
    return elementCount <= Double(Self.maximumElementCount) ? result : nil
  }

  /// The regions of all phases of weights or a bias of these dimensions; what lies in none is 0.
  package func regions(of dimensions: [Int]) -> [PhaseRegion] {
    (0..<phaseCount).map { phase in
      guard dimensions.count == 4 else {
        return PhaseRegion(
          extents: [dimensions[0]], sourceOffset: 0, sourceStrides: [1],
          targetOffset: group > 1 ? phase : phase * dimensions[0],
          targetStrides: [group > 1 ? phaseCount : 1])
      }
      let (row, column) = phase.quotientAndRemainder(dividingBy: strides[1])
      let rows = taps(0, of: dimensions[2], phase: row)
      let columns = taps(1, of: dimensions[3], phase: column)
      let (inputs, outputs) = (dimensions[0] / group, dimensions[1])
      let (height, width) = (dimensions[2], dimensions[3])
      let windowWidth = windowExtent(1, taps: width)
      let windowSize = windowExtent(0, taps: height) * windowWidth
      let filterSize = inputs * windowSize
      let channelStride = (group > 1 ? phaseCount : 1) * filterSize
      return PhaseRegion(
        extents: [group, outputs, inputs, rows.count, columns.count],
        sourceOffset: rows.firstTap * width + columns.firstTap,
        sourceStrides: [
          inputs * outputs * height * width, height * width, outputs * height * width,
          -rows.tapStep * width, -columns.tapStep,
        ],
        targetOffset: (group > 1 ? phase : phase * outputs * group) * filterSize
          + rows.first * windowWidth + columns.first,
        targetStrides: [
          outputs * channelStride, channelStride, windowSize, rows.step * windowWidth,
          columns.step,
        ])
    }
  }
}

extension Operator {
  static let phaseWeights = Operator(
    "PhaseWeights", domain: "tessera",
    forms: [OperatorForm(inputs: 1...1, attributes: ["dilations", "group", "strides"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let parameters = try PhaseWeightsParameters(node, in: graph, opsetVersion: opsetVersion)
      let type = try graph.inputType(0, of: node)
      guard let shape = type.shape, let dimensions = parameters.dimensions(of: shape.dimensions)
      else { throw node.invalid("its weights \(type) are no weights of fixed extents") }
      return [TensorType(type.elementType, dimensions.map { .fixed($0) })]
    })
}
