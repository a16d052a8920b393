import GraphIR
import Tensors

extension Pass {
  /// Computes on the phases of a transposed convolution what would be computed on its result, so that the
  /// convolution can take it over.
  ///
  /// ```
  /// i = tessera.Interleave (p)
  /// y = BatchNormalization (i, scale, bias, mean, variance)     or   y = Relu (i)
  ///   →
  /// y_phases = BatchNormalization (p, scale', …)                     y_phases = Relu (p)
  /// y = tessera.Interleave (y_phases)
  /// ```
  ///
  /// The same for every element-wise node whose other operands are constants of one element. Legal where
  /// `i` has no other use and is not an output of the graph, and the vectors of the batch normalization are
  /// constants, of which each phase gets its own. Runs after `legalize-conv-transpose`.
  static let deferInterleave = Pass("defer-interleave") {
    index, rewriter, opsetVersion throws(TesseraError) in
    guard let node = rewriter[index], node.outputs.count == 1,
      let position = node.inputs.firstIndex(where: { rewriter.producesInterleave($0) }),
      let producer = rewriter.producer(of: node.inputs[position]),
      var interleave = rewriter[producer], rewriter.hasSingleUse(node.inputs[position])
    else { return }
    var moved = node
    if node.isStandard("BatchNormalization"), position == 0 {
      let parameters = try InterleaveParameters(
        interleave, in: rewriter.graph, opsetVersion: opsetVersion)
      var vectors: [(name: String, tensor: Tensor)] = []
      for name in node.inputs.dropFirst() {
        guard let values: [Float] = rewriter.constant(name)?.values() else { return }
        let phases = parameters.phases(of: values)
        vectors.append((name, try Tensor(phases, shape: [phases.count])))
      }
      let names = vectors.map {
        rewriter.addConstant($0.tensor, preferredName: "\($0.name)_phases")
      }
      moved.inputs.replaceSubrange(1..., with: names)
    } else {
      guard node.pointwiseProgram(in: rewriter.graph, opsetVersion: opsetVersion) != nil,
        node.inputs.indices.allSatisfy({
          $0 == position || node.inputs[$0].isEmpty
            || node.scalar(node.inputs[$0], in: rewriter.graph) != nil
        })
      else { return }
    }
    moved.inputs[position] = interleave.inputs[0]
    moved.outputs = [rewriter.unusedName("\(node.outputs[0])_phases")]
    interleave.inputs = moved.outputs
    interleave.outputs = node.outputs
    rewriter.remove(index)
    rewriter.replace(producer, with: moved)
    rewriter.replace(index, with: interleave)
  }
}

extension GraphRewriter {
  fileprivate func producesInterleave(_ value: String) -> Bool {
    guard let node = producer(of: value).flatMap({ self[$0] }) else { return false }
    return node.domain == "tessera" && node.operatorName == "Interleave"
  }
}
