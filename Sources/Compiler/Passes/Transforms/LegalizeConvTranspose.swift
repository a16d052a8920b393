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
  /// One of stride 1 that cuts off no more than its span is an ordinary convolution with smaller pads. Legal for
  /// float32, where the shapes of W and b are fixed: of constants, W' and b' are constants, of values of the run
  /// `tessera.PhaseWeights`. SAME padding and `output_shape` wait until the extents of the input are fixed.
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
    var isChanged = false
    for node in graph.nodes {
      guard node.isStandard("ConvTranspose"),
        let phases = TransposedPhases(node, in: graph, opsetVersion: context.opsetVersion)
      else {
        nodes.append(node)
        continue
      }
      var convolution = node
      convolution.domain = "tessera"
      convolution.operatorName = "Conv"
      convolution.attributes = FusedConvParameters(convolution: phases.convolution).attributes
      for (index, name) in node.inputs.enumerated().dropFirst() where !name.isEmpty {
        if index == 2 && phases.weights.phaseCount == 1 { continue }
        convolution.inputs[index] = freshName("\(name)_phases")
        if let constant = graph.constants[name] {
          graph.constants[convolution.inputs[index]] = try phases.weights.phases(of: constant)
        } else {
          var weights = node
          weights.domain = "tessera"
          weights.operatorName = "PhaseWeights"
          weights.inputs = [name]
          weights.outputs = [convolution.inputs[index]]
          weights.attributes = phases.weights.attributes
          nodes.append(weights)
        }
      }
      if let parameters = phases.interleave {
        convolution.outputs = [freshName("\(node.outputs[0])_phases")]
        var interleave = node
        interleave.domain = "tessera"
        interleave.operatorName = "Interleave"
        interleave.inputs = convolution.outputs
        interleave.attributes = parameters.attributes
        nodes += [convolution, interleave]
      } else {
        nodes.append(convolution)
      }
      isChanged = true
    }
    graph.nodes = nodes
    return isChanged
  }
}

/// The ordinary convolution that computes all phases of a transposed one as channels.
private struct TransposedPhases {
  let convolution: ConvParameters
  let weights: PhaseWeightsParameters
  /// Nil where the convolution's result is that of the transposed one.
  let interleave: InterleaveParameters?

  /// Nil where the weights and the bias are no floats of fixed shapes, padding is not known, or the weights
  /// would be larger than is reasonable.
  init?(_ node: Node, in graph: Graph, opsetVersion: Int) {
    guard let type = graph.type(of: node.inputs[1]), type.elementType == .float32,
      let shape = type.shape, shape.rank == 4,
      let transposed = try? ConvTransposeParameters(node, in: graph, opsetVersion: opsetVersion)
    else { return nil }
    if let bias = node.input(2) {
      guard let type = graph.type(of: bias), type.elementType == .float32, type.shape?.rank == 1
      else { return nil }
    }
    let (begin, end) = (transposed.padsBegin, transposed.padsEnd)
    let isOrdinary = (0..<2).allSatisfy { axis in
      transposed.strides[axis] == 1
        && (0..<transposed.span(axis)).contains(begin[axis])
        && end[axis] < transposed.span(axis)
    }
    weights = PhaseWeightsParameters(
      strides: transposed.strides, dilations: isOrdinary ? [1, 1] : transposed.dilations,
      group: transposed.group)
    guard weights.dimensions(of: shape.dimensions) != nil else { return nil }
    if isOrdinary {
      convolution = ConvParameters(
        kernel: transposed.kernel, dilations: transposed.dilations,
        padsBegin: (0..<2).map { transposed.span($0) - 1 - begin[$0] },
        padsEnd: (0..<2).map { transposed.span($0) - 1 - end[$0] }, group: transposed.group)
      interleave = nil
      return
    }
    var kernel: [Int] = []
    var padsEnd: [Int] = []
    var cropEnd: [Int] = []
    for axis in 0..<2 {
      let stride = transposed.strides[axis]
      let taps = weights.windowExtent(axis, taps: transposed.kernel[axis])
      let surplus = stride * taps - transposed.span(axis) + end[axis]
      // Rows beyond what the input adds to.
      let missing = (max(0, -surplus) + stride - 1) / stride
      kernel.append(taps)
      padsEnd.append(taps - 1 + missing)
      cropEnd.append(surplus + missing * stride)
    }
    convolution = ConvParameters(
      kernel: kernel, padsBegin: kernel.map { $0 - 1 }, padsEnd: padsEnd, group: transposed.group)
    var interleave = weights.interleave
    interleave.crop = begin + cropEnd
    self.interleave = interleave
  }
}

extension PhaseWeightsParameters {
  /// The ordinary convolution's weights or bias.
  fileprivate func phases(of tensor: Tensor) throws(TesseraError) -> Tensor? {
    let extents = tensor.shape.dimensions
    guard let shape = dimensions(of: extents).flatMap({ Shape($0) }) else { return nil }
    return try Tensor(elementType: .float32, shape: shape) { result in
      tensor.withUnsafeBytes { source in
        for region in regions(of: extents) {
          region.forEachElement { from, to in
            let value = source.loadUnaligned(fromByteOffset: 4 * from, as: Float.self)
            result.storeBytes(of: value, toByteOffset: 4 * to, as: Float.self)
          }
        }
      }
    }
  }
}

extension PhaseRegion {
  fileprivate func forEachElement(_ body: (_ source: Int, _ target: Int) -> Void) {
    func visit(_ axis: Int, _ source: Int, _ target: Int) {
      guard axis < extents.count else { return body(source, target) }
      for index in 0..<extents[axis] {
        visit(
          axis + 1, source + index * sourceStrides[axis], target + index * targetStrides[axis])
      }
    }
    visit(0, sourceOffset, targetOffset)
  }
}
