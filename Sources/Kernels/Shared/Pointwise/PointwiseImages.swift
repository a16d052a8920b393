import KernelInterface

/// A pointwise program over images in channel blocks. An item is a band of rows of one channel block, or
/// some whole blocks where they are small.
final class PointwiseImages {
  private let layout: ImageLayout
  private let output: UnsafeMutablePointer<Float>
  private let inputs: UncountedArray<ImageOperand>
  private let loops: PointwiseLoops

  init(
    _ descriptor: PointwiseDescriptor, _ layout: ImageLayout,
    _ operands: [UnsafeMutableRawPointer]
  ) {
    self.layout = layout
    inputs = .allocate(
      copying: descriptor.inputs.indices.map {
        ImageOperand(descriptor.inputs[$0], at: operands.constantFloats($0))
      })
    output = operands.floats(descriptor.inputs.count)
    loops = PointwiseLoops(
      descriptor.program, inputs: descriptor.inputs.map(\.strides), extents: descriptor.extents,
      targetStrides: layout.nestStrides, depths: 2...4)
  }

  deinit {
    inputs.deallocate()
    loops.deallocate()
  }

  var phase: WorkPhase {
    let bands = PlaneBands(layout)
    let items = Chunks(
      elementCount: bands.count,
      chunkElementCount: PointwiseTiling.itemElementCount
        / max(1, layout.height * layout.width * layout.channelBlock))
    return WorkPhase(itemCount: items.count) { [self] item, workspace in
      var run = PointwiseRun(loops, workspace: workspace)
      let range = items.elements(ofChunk: item)
      var index = range.lowerBound
      while index < range.upperBound {
        let band = bands[index]
        let blockCount =
          loops.depth < 4 ? 1 : min(range.upperBound - index, layout.channelBlockCount - band.block)
        compute(band, blockCount: blockCount, &run)
        index += blockCount
      }
    }
  }

  /// - Parameter blockCount: channel blocks from the band's on; several are whole.
  private func compute(_ band: PlaneBands.Band, blockCount: Int, _ run: inout PointwiseRun) {
    let plane = output + layout.planeOffset(image: band.image, block: band.block)
    // A run goes through the border, which is cleared afterwards.
    let rowsPerRun = loops.depth < 3 ? 1 : band.rows.count
    let blocksElementCount: Int = (blockCount - 1) * layout.channelBlockStride
    let rowsElementCount: Int = (rowsPerRun - 1) * layout.rowStride
    let elementCount = blocksElementCount + rowsElementCount + layout.width * layout.channelBlock
    for row in stride(from: band.rows.lowerBound, to: band.rows.upperBound, by: rowsPerRun) {
      for index in inputs.indices {
        run.setInput(
          index, at: inputs[index].address(image: band.image, block: band.block, row: row))
      }
      run.compute(0..<elementCount, into: plane + layout.rowOffset(row))
    }
    for block in 0..<blockCount {
      BlockedBandWriter(layout: layout).finish(
        plane: plane + block * layout.channelBlockStride, rows: band.rows,
        usedLanes: layout.usedLanes(ofBlock: band.block + block))
    }
  }
}
