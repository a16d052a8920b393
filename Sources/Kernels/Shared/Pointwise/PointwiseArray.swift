import KernelInterface

/// A pointwise program with a dense output. An item is a span of elements of some runs.
final class PointwiseArray {
  private let descriptor: PointwiseDescriptor
  private let output: UnsafeMutablePointer<Float>
  private let inputs: [UnsafePointer<Float>]
  private let loops: PointwiseLoops

  init(_ descriptor: PointwiseDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.descriptor = descriptor
    inputs = descriptor.inputs.indices.map {
      operands.constantFloats($0) + descriptor.inputs[$0].offset
    }
    output = operands.floats(descriptor.inputs.count)
    let extents = descriptor.extents
    let isLong = (extents.last ?? 1) >= PointwiseTiling.blockElementCount
    loops = PointwiseLoops(
      descriptor.program, inputs: descriptor.inputs.map(\.strides), extents: extents,
      targetStrides: extents.indices.map { extents[($0 + 1)...].reduce(1, *) },
      depths: isLong ? 1...2 : 2...2)
  }

  deinit { loops.deallocate() }

  var phase: WorkPhase {
    let outerExtents = Array(descriptor.extents.dropLast(loops.depth))
    let runElementCount = descriptor.extents.suffix(loops.depth).reduce(1, *)
    let runs = Chunks(
      elementCount: outerExtents.reduce(1, *),
      chunkElementCount: PointwiseTiling.itemElementCount / runElementCount)
    let spans = Chunks(
      elementCount: runElementCount, chunkElementCount: PointwiseTiling.itemElementCount)
    return WorkPhase(itemCount: runs.count * spans.count) { [self] item, workspace in
      let (chunk, span) = item.quotientAndRemainder(dividingBy: spans.count)
      var run = PointwiseRun(loops, workspace: workspace)
      for index in runs.elements(ofChunk: chunk) {
        for input in inputs.indices {
          run.setInput(
            input, at: inputs[input] + offset(ofInput: input, run: index, outerExtents))
        }
        run.compute(spans.elements(ofChunk: span), into: output + index * runElementCount)
      }
    }
  }

  /// Elements of an input from the first run to another.
  private func offset(ofInput input: Int, run: Int, _ outerExtents: [Int]) -> Int {
    var rest = run
    var offset = 0
    for dimension in outerExtents.indices.reversed() {
      let (quotient, position) = rest.quotientAndRemainder(dividingBy: outerExtents[dimension])
      offset += position * descriptor.inputs[input].strides[dimension]
      rest = quotient
    }
    return offset
  }
}
