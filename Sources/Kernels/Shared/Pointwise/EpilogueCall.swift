import KernelInterface
import KernelVectors

/// Runs an epilogue over results that a kernel has just stored.
struct EpilogueCall {
  private let epilogue: Epilogue
  private let layout: ImageLayout
  private let output: UnsafeMutablePointer<Float>
  private let inputs: [UnsafePointer<Float>]
  private let loops: PointwiseLoops

  /// Nil if there is no epilogue.
  ///
  /// - Parameters:
  ///   - layout: that of `output`.
  ///   - operands: all operands of the step, of which the epilogue's are the last.
  init?(
    _ epilogue: Epilogue, layout: ImageLayout, output: UnsafeMutablePointer<Float>,
    operands: [UnsafeMutableRawPointer]
  ) {
    guard !epilogue.isEmpty else { return nil }
    self.epilogue = epilogue
    self.layout = layout
    self.output = output
    let first = operands.count - epilogue.inputs.count
    inputs = epilogue.inputs.indices.map {
      operands.constantFloats(first + $0) + epilogue.inputs[$0].offset
    }
    let extents = (outer: layout.width, inner: layout.channelBlock)
    let result = PointwiseRowInput(
      outerStride: layout.channelBlock, innerStride: 1, extents: extents)
    loops = PointwiseLoops(
      program: epilogue.program,
      inputs: [result]
        + epilogue.inputs.map {
          PointwiseRowInput(
            outerStride: $0.strides[3], innerStride: $0.strides[4], extents: extents)
        },
      rowLength: layout.width * layout.channelBlock)
  }

  /// Replaces the results of a part of one channel block of one image. Lanes that are no channels become
  /// zero.
  ///
  /// - Parameter workspace: at least `Epilogue.workspaceByteCount` bytes.
  func apply(
    image: Int, block: Int, rows: Range<Int>, columns: Range<Int>,
    workspace: UnsafeMutableRawPointer
  ) {
    let plane = output + layout.planeOffset(image: image, block: block)
    let usedLanes = layout.usedLanes(ofBlock: block)
    var run = PointwiseRun(loops, workspace: workspace)
    for row in rows {
      let target = plane + layout.rowOffset(row) + columns.lowerBound * layout.channelBlock
      run.setInput(0, at: target)
      for (index, input) in epilogue.inputs.enumerated() {
        let offset: Int = image * input.strides[0] + block * input.strides[1]
        let position: Int = row * input.strides[2] + columns.lowerBound * input.strides[3]
        run.setInput(index + 1, at: inputs[index] + (offset + position))
      }
      run.compute(elementCount: columns.count * layout.channelBlock, into: target)
      guard usedLanes < layout.channelBlock else { continue }
      for column in 0..<columns.count {
        (target + column * layout.channelBlock + usedLanes)
          .fillZero(count: layout.channelBlock - usedLanes)
      }
    }
  }
}
