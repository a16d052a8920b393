import GraphIR
import Tensors

extension Pass {
  /// Lets a convolution pad its input itself.
  ///
  /// ```
  /// p = Pad <mode = "constant"> (x, pads, 0)
  /// y = tessera.Conv <pads = …> (p, W, b)
  ///   →
  /// y = tessera.Conv <pads = … + pads of rows and columns> (x, W, b)
  /// ```
  ///
  /// Legal where `Pad` adds zeros, and only to rows and columns: a convolution pads with zeros too.
  /// Negative pads, which crop, stay. Other uses of `p` keep the `Pad`. Runs after `legalize-conv`,
  /// which makes the convolution's own padding explicit.
  static let foldPad = Pass("fold-pad") { index, rewriter, opsetVersion in
    guard let node = rewriter[index], node.isFused, node.operatorName == "Conv",
      var fused = try? FusedConvParameters(
        node, in: rewriter.graph, opsetVersion: opsetVersion),
      let source = rewriter.producer(of: node.inputs[0]), let pad = rewriter[source],
      pad.isStandard("Pad"), let image = pad.input(0),
      let padding = try? PadParameters(pad, in: rewriter.graph, opsetVersion: opsetVersion),
      padding.mode == .constant, padding.value == 0, padding.before.count == 4,
      padding.before.prefix(2) == [0, 0], padding.after.prefix(2) == [0, 0]
    else { return }
    let begin = zip(fused.convolution.padsBegin, padding.before.suffix(2)).map(sumInRange)
    let end = zip(fused.convolution.padsEnd, padding.after.suffix(2)).map(sumInRange)
    guard !(begin + end).contains(nil) else { return }
    fused.convolution.padsBegin = begin.compactMap { $0 }
    fused.convolution.padsEnd = end.compactMap { $0 }
    var widened = node
    widened.inputs[0] = image
    widened.attributes = fused.attributes
    rewriter.replace(index, with: widened)
  }
}

/// The padding of both; nil if `extra` crops or the sum is more than a convolution accepts.
private func sumInRange(_ own: Int, _ extra: Int) -> Int? {
  let range = 0...WindowAttributes.limit
  guard range.contains(extra), range.contains(own + extra) else { return nil }
  return own + extra
}
