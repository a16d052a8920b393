import GraphIR
import Tensors

extension Pass {
  /// Lets element-wise nodes repeat elements themselves.
  ///
  /// ```
  /// e = Expand (s, shape)                s is float[1, C, 1, 1]
  /// y = Mul (x, e)                       x and y are float[N, C, H, W]
  ///   →
  /// y = Mul (x, s)
  /// ```
  ///
  /// Legal for `Expand`, and for `Tile` along dimensions of one element, where the other operands of an
  /// element-wise node on float32 alone give its result the shape that it has. The same elements are computed of the
  /// same operands. The `Expand` stays for other users. Runs after `fold-constants`, which makes shapes
  /// known; before the passes that fuse element-wise nodes.
  static let eliminateBroadcasts = Pass("eliminate-broadcasts") { index, rewriter, opsetVersion in
    guard let node = rewriter[index],
      let operandCount = node.pointwiseProgram(in: rewriter.graph, opsetVersion: opsetVersion)?
        .inputCount,
      let result = node.output(0).flatMap(rewriter.type)?.dimensions
    else { return }
    var rewritten = node
    for position in 0..<operandCount {
      guard let source = rewriter.broadcastSource(of: node.inputs[position]) else { continue }
      var candidate = rewritten
      candidate.inputs[position] = source
      var dimensions: [Dimension]? = []
      for input in candidate.inputs.prefix(operandCount) {
        guard let left = dimensions, let right = rewriter.type(of: input)?.dimensions else {
          dimensions = nil
          break
        }
        dimensions = broadcast(left, right)
      }
      if dimensions == result, !result.contains(.unknown) { rewritten = candidate }
    }
    if rewritten.inputs != node.inputs { rewriter.replace(index, with: rewritten) }
  }
}

extension GraphRewriter {
  /// The value whose elements `value` repeats along dimensions of one element.
  fileprivate func broadcastSource(of value: String) -> String? {
    guard let node = producer(of: value).flatMap({ self[$0] }), node.isStandard,
      node.operatorName == "Expand" || node.operatorName == "Tile", let source = node.input(0),
      let own = type(of: source)?.dimensions, let wide = type(of: value)?.dimensions,
      own.count <= wide.count,
      zip(own.reversed(), wide.reversed()).allSatisfy({ $0 == $1 || $0 == .fixed(1) })
    else { return nil }
    return source
  }
}
