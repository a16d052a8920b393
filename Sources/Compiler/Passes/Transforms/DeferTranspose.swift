import GraphIR
import Tensors

extension Pass {
  /// Computes on images what would be computed on them with their channels last.
  ///
  /// ```
  /// t = Transpose <perm = [0, 2, 3, 1]> (x)
  /// y = LayerNormalization <axis = -1> (t, scale, bias)     or   tessera.Gemm (t, W, b)   or   Relu (t)
  ///   →
  /// y_images = tessera.ChannelNormalization (x, scale, bias)     tessera.Conv (x, W', b)       Relu (x)
  /// y = Transpose <perm = [0, 2, 3, 1]> (y_images)
  /// ```
  ///
  /// The same for every element-wise node whose other operands are such values, constants of one element or
  /// a constant a channel. `Transpose <perm = [0, 3, 1, 2]> (t)` is x. `W'` is W as windows of one pixel.
  /// Legal for float32 where scale, bias and W are constants. Runs after `legalize-gemm`.
  static let deferTranspose = Pass("defer-transpose") {
    index, rewriter, opsetVersion throws(TesseraError) in
    guard let node = rewriter[index], node.outputs.count == 1, let first = node.inputs.first
    else { return }
    if node.hasPermutation([0, 3, 1, 2]) {
      if let images = rewriter.images(behind: first) { _ = rewriter.bypass(index, with: images) }
      return
    }
    guard var moved = try rewriter.onImages(node, opsetVersion: opsetVersion) else { return }
    moved.outputs = [rewriter.unusedName("\(node.outputs[0])_images")]
    rewriter.replace(index, with: moved)
    rewriter.add(
      Node(
        "Transpose", name: node.name, inputs: moved.outputs, outputs: node.outputs,
        attributes: ["perm": .ints([0, 2, 3, 1])]), after: index)
  }
}

extension Node {
  fileprivate func hasPermutation(_ permutation: [Int64]) -> Bool {
    guard isStandard("Transpose"), case .ints(permutation)? = attributes["perm"] else {
      return false
    }
    return true
  }
}

extension GraphRewriter {
  /// The images that `value` is with the channels last; nil for other values.
  fileprivate func images(behind value: String) -> String? {
    guard let node = producer(of: value).flatMap({ self[$0] }),
      node.hasPermutation([0, 2, 3, 1]), type(of: value)?.elementType == .float32
    else { return nil }
    return node.inputs[0]
  }

  /// The node that makes of images what `node` makes of them with the channels last; nil if there is none.
  fileprivate mutating func onImages(
    _ node: Node, opsetVersion: Int
  ) throws(TesseraError) -> Node? {
    if node.isStandard("LayerNormalization") { return normalizingChannels(node) }
    if node.isFused, node.operatorName == "Gemm" {
      return try convolving(node, opsetVersion: opsetVersion)
    }
    guard node.pointwiseProgram(in: graph, opsetVersion: opsetVersion) != nil,
      node.inputs.contains(where: { images(behind: $0) != nil })
    else { return nil }
    var moved = node
    for (index, input) in node.inputs.enumerated() where !input.isEmpty {
      if let images = images(behind: input) {
        moved.inputs[index] = images
      } else if let constant = constant(input), constant.shape.rank <= 4 {
        if constant.shape.elementCount == 1 { continue }
        guard constant.shape.rank == 1, let shape = Shape([constant.shape[0], 1, 1]),
          let channels = constant.reshaped(to: shape)
        else { return nil }
        moved.inputs[index] = addConstant(channels, preferredName: "\(input)_channels")
      } else {
        return nil
      }
    }
    return moved
  }

  private func normalizingChannels(_ node: Node) -> Node? {
    guard let images = images(behind: node.inputs[0]),
      let norm = try? LayerNormalizationParameters(node, in: graph), norm.axis == 3,
      let channels = type(of: node.inputs[0])?.dimensions?[3].value,
      node.inputs.dropFirst().allSatisfy({
        $0.isEmpty || isFloatConstant($0) && constant($0)?.shape.dimensions == [channels]
      })
    else { return nil }
    var moved = node
    (moved.operatorName, moved.domain) = ("ChannelNormalization", "tessera")
    moved.inputs[0] = images
    moved.attributes = ["epsilon": .float(norm.epsilon)]
    return moved
  }

  private mutating func convolving(
    _ node: Node, opsetVersion: Int
  ) throws(TesseraError) -> Node? {
    guard let images = images(behind: node.inputs[0]),
      let gemm = try? FusedGemmParameters(node, in: graph, opsetVersion: opsetVersion),
      gemm.epilogue == nil, isFloatConstant(node.inputs[1]),
      let weights = constant(node.inputs[1]), weights.shape.elementCount > 0,
      let windows = try weights.windows(transposed: !gemm.transB)
    else { return nil }
    var moved = node
    moved.operatorName = "Conv"
    moved.inputs[0] = images
    moved.inputs[1] = addConstant(windows, preferredName: "\(node.inputs[1])_windows")
    moved.attributes =
      FusedConvParameters(
        convolution: ConvParameters(kernel: [1, 1]), activation: gemm.activation
      ).attributes
    return moved
  }
}

extension Tensor {
  /// A float32 matrix, transposed or not, as windows of one pixel.
  fileprivate func windows(transposed: Bool) throws(TesseraError) -> Tensor? {
    let (rows, columns) = (shape[0], shape[1])
    guard transposed else { return Shape([rows, columns, 1, 1]).flatMap(reshaped) }
    guard let shape = Shape([columns, rows, 1, 1]), let values: [Float] = values() else {
      return nil
    }
    return try Tensor(shape: shape) { (index) throws(TesseraError) in
      values[index % rows * columns + index / rows]
    }
  }
}
