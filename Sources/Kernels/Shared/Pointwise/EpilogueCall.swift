import KernelInterface
import KernelVectors

/// Runs an epilogue over results that a kernel has just stored.
final class EpilogueCall {
  private let layout: ImageLayout
  private let output: UnsafeMutablePointer<Float>
  private let inputs: UncountedArray<ImageOperand>
  private let loops: PointwiseLoops
  /// The epilogue if it may be run over any results as they lie; the caller then clears lanes that are no
  /// channels.
  let resultProgram: ResultProgram?
  /// True if a run may go over several whole rows.
  private let joinsRows: Bool

  /// Nil if there is no epilogue.
  ///
  /// - Parameters:
  ///   - layout: that of `output`.
  ///   - operands: all operands of the step, of which the epilogue's are the last.
  ///   - keepsBorder: true if the borders at the sides of whole rows are left as they are. Else the caller
  ///     clears them afterwards.
  init?(
    _ epilogue: Epilogue, layout: ImageLayout, output: UnsafeMutablePointer<Float>,
    operands: [UnsafeMutableRawPointer], keepsBorder: Bool = false
  ) {
    guard !epilogue.isEmpty else { return nil }
    self.layout = layout
    self.output = output
    let first = operands.count - epilogue.inputs.count
    inputs = .allocate(
      copying: epilogue.inputs.indices.map {
        ImageOperand(epilogue.inputs[$0], at: operands.constantFloats(first + $0))
      })
    loops = PointwiseLoops(
      epilogue.program, inputs: [layout.nestStrides] + epilogue.inputs.map(\.strides),
      extents: layout.nest, targetStrides: layout.nestStrides, depths: 2...3)
    resultProgram = ResultProgram(JoinedProgram(epilogue.program))
    joinsRows =
      loops.depth == 3
      && !(keepsBorder && layout.rowStride > layout.width * layout.channelBlock)
  }

  deinit {
    inputs.deallocate()
    loops.deallocate()
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
    var run = PointwiseRun(loops, workspace: workspace)
    let rowsPerRun = joinsRows && columns.count == layout.width ? max(1, rows.count) : 1
    let elementCount =
      (rowsPerRun - 1) * layout.rowStride + columns.count * layout.channelBlock
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerRun) {
      let target = plane + layout.rowOffset(row) + columns.lowerBound * layout.channelBlock
      run.setInput(0, at: target)
      for index in inputs.indices {
        let start = inputs[index].address(
          image: image, block: block, row: row, column: columns.lowerBound)
        run.setInput(index + 1, at: start)
      }
      run.compute(0..<elementCount, into: target)
    }
    let usedLanes = layout.usedLanes(ofBlock: block)
    guard usedLanes < layout.channelBlock else { return }
    for row in rows {
      for column in columns {
        (plane + layout.rowOffset(row) + column * layout.channelBlock + usedLanes)
          .fillZero(count: layout.channelBlock - usedLanes)
      }
    }
  }
}
