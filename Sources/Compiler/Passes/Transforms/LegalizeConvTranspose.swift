import GraphIR
import Tensors

extension Pass {
  /// Computes a transposed convolution by phases: results that are a stride apart are those of an
  /// ordinary convolution of stride 1, whose weights are every stride-th tap in reverse.
  ///
  /// ```
  /// y = ConvTranspose <strides = [sy, sx], pads, …> (x, W, b)
  ///   →
  /// p = tessera.Conv <kernel_shape = [⌈span / s⌉…], pads = kernel_shape − 1, …> (x, W', b')
  /// y = tessera.Interleave <strides = [sy, sx], crop = pads…> (p)
  /// ```
  ///
  /// Legal for float32 with constant weights and bias. SAME padding and `output_shape` wait until the
  /// extents of the input are fixed.
  static let legalizeConvTranspose = Pass("legalize-conv-transpose") {
    graph, context throws(TesseraError) in
    guard graph.nodes.contains(where: { $0.isStandard("ConvTranspose") }) else { return false }
    var taken = Set(graph.nodes.flatMap { $0.inputs + $0.outputs } + graph.inputs + graph.outputs)
    taken.formUnion(graph.constants.names)
    var names = FreshNames()
    func freshName(_ base: String) -> String {
      let name = names.make(from: base, isTaken: taken.contains)
      taken.insert(name)
      return name
    }
    var nodes: [Node] = []
    for node in graph.nodes {
      guard node.isStandard("ConvTranspose"),
        let phases = TransposedPhases(node, in: graph, opsetVersion: context.opsetVersion),
        let constants = try phases.constants()
      else {
        nodes.append(node)
        continue
      }
      var convolution = node
      convolution.domain = "tessera"
      convolution.operatorName = "Conv"
      for (input, tensor) in zip(1..., constants) {
        convolution.inputs[input] = freshName("\(node.inputs[input])_phases")
        graph.constants[convolution.inputs[input]] = tensor
      }
      convolution.attributes = FusedConvParameters(convolution: phases.convolution).attributes
      convolution.outputs = [freshName("\(node.outputs[0])_phases")]
      var interleave = node
      interleave.domain = "tessera"
      interleave.operatorName = "Interleave"
      interleave.inputs = convolution.outputs
      interleave.attributes = phases.interleave.attributes
      nodes += [convolution, interleave]
    }
    defer { graph.nodes = nodes }
    return nodes.count != graph.nodes.count
  }
}

/// The ordinary convolution that computes all phases of a transposed one as channels.
private struct TransposedPhases {
  let convolution: ConvParameters
  let interleave: InterleaveParameters
  private let transposed: ConvTransposeParameters
  private let weights: Tensor
  private let bias: Tensor?
  private var shape: Shape { weights.shape }

  /// Nil where the weights and the bias are no float constants or padding is not known.
  init?(_ node: Node, in graph: Graph, opsetVersion: Int) {
    guard let weights = graph.constants[node.inputs[1]], weights.elementType == .float32,
      weights.shape.rank == 4,
      let transposed = try? ConvTransposeParameters(node, in: graph, opsetVersion: opsetVersion)
    else { return nil }
    bias = node.input(2).flatMap { graph.constants[$0] }
    guard node.input(2) == nil || bias?.elementType == .float32 else { return nil }
    (self.transposed, self.weights) = (transposed, weights)
    var kernel: [Int] = []
    var padsEnd: [Int] = []
    var cropEnd: [Int] = []
    for axis in 0..<2 {
      let stride = transposed.strides[axis]
      let taps = (transposed.span(axis) + stride - 1) / stride
      let surplus = stride * taps - transposed.span(axis) + transposed.padsEnd[axis]
      // Rows beyond what the input adds to.
      let missing = (max(0, -surplus) + stride - 1) / stride
      kernel.append(taps)
      padsEnd.append(taps - 1 + missing)
      cropEnd.append(surplus + missing * stride)
    }
    convolution = ConvParameters(
      kernel: kernel, padsBegin: kernel.map { $0 - 1 }, padsEnd: padsEnd, group: transposed.group)
    interleave = InterleaveParameters(
      strides: transposed.strides, crop: transposed.padsBegin + cropEnd,
      keepsChannelsTogether: transposed.group > 1)
  }

  private var phaseCount: Int { transposed.strides[0] * transposed.strides[1] }

  /// The weights, and the bias where there is one; nil if they were larger than is reasonable.
  func constants() throws(TesseraError) -> [Tensor]? {
    let window = convolution.kernel[0].multipliedReportingOverflow(by: convolution.kernel[1])
    guard !window.overflow, window.partialValue <= Self.maximumElementCount else { return nil }
    let count = window.partialValue.multipliedReportingOverflow(by: shape[0] * shape[1])
    guard !count.overflow, count.partialValue <= Self.maximumElementCount / phaseCount else {
      return nil
    }
    guard let weights = try phaseWeights() else { return nil }
    guard let bias else { return [weights] }
    guard let bias = try phaseBias(bias) else { return nil }
    return [weights, bias]
  }

  private static let maximumElementCount = 1 << 28

  /// From `[inC, outC/group, kh, kw]` to `[outC · phases, inC/group, rows, columns]`.
  private func phaseWeights() throws(TesseraError) -> Tensor? {
    let (groups, groupOutputs) = (transposed.group, shape[1])
    let groupInputs = shape[0] / groups
    let outputs = groups * groupOutputs
    let (rows, columns) = (convolution.kernel[0], convolution.kernel[1])
    let dimensions = [outputs * phaseCount, groupInputs, rows, columns]
    guard let target = Shape(dimensions) else { return nil }
    return try Tensor(elementType: .float32, shape: target) { result in
      weights.withUnsafeBytes { source in
        for phase in 0..<phaseCount {
          let (phaseRow, phaseColumn) = phase.quotientAndRemainder(
            dividingBy: transposed.strides[1])
          for output in 0..<outputs {
            let (group, groupOutput) = output.quotientAndRemainder(dividingBy: groupOutputs)
            let channel =
              interleave.keepsChannelsTogether
              ? output * phaseCount + phase : phase * outputs + output
            for input in 0..<groupInputs {
              let from = (group * groupInputs + input) * groupOutputs + groupOutput
              let to = channel * groupInputs + input
              for row in 0..<rows {
                guard let tapRow = tap(0, phase: phaseRow, row) else { continue }
                for column in 0..<columns {
                  guard let tapColumn = tap(1, phase: phaseColumn, column) else { continue }
                  let value = source.loadUnaligned(
                    fromByteOffset: 4 * ((from * shape[2] + tapRow) * shape[3] + tapColumn),
                    as: Float.self)
                  result.storeBytes(
                    of: value, toByteOffset: 4 * ((to * rows + row) * columns + column),
                    as: Float.self)
                }
              }
            }
          }
        }
      }
    }
  }

  /// The tap of the transposed convolution that is an element of a phase's window; nil where it is none.
  private func tap(_ axis: Int, phase: Int, _ element: Int) -> Int? {
    let offset = transposed.strides[axis] * (convolution.kernel[axis] - 1 - element) + phase
    let (tap, rest) = offset.quotientAndRemainder(dividingBy: transposed.dilations[axis])
    return rest == 0 && tap < transposed.kernel[axis] ? tap : nil
  }

  private func phaseBias(_ bias: Tensor) throws(TesseraError) -> Tensor? {
    guard let values: [Float] = bias.values() else { return nil }
    let repeated = interleave.phases(of: values)
    return try Tensor(repeated, shape: [repeated.count])
  }
}
