import KernelInterface
import KernelVectors
import PointwisePrograms

/// Pointwise programs; the contract is `PointwiseDescriptor`'s. An item is a band of rows of one channel
/// block of an image, or some rows of a dense output. A row is the last two extents.
struct Pointwise {
  private let descriptor: PointwiseDescriptor
  private let output: UnsafeMutablePointer<Float>
  private let inputs: [UnsafePointer<Float>]
  private let loops: PointwiseLoops
  /// The extents before those of a row.
  private let outerExtents: [Int]

  static let kernel = Kernel(PointwiseDescriptor.self) { descriptor, operands in
    let call = Pointwise(descriptor, operands)
    if let image = descriptor.image {
      return [
        PlaneBands(image).phase { call.compute($0, of: image, workspace: $1) }
      ]
    }
    let rowCount = descriptor.extents.contains(0) ? 0 : call.outerExtents.reduce(1, *)
    let chunks = Chunks(
      elementCount: rowCount, chunkElementCount: (1 << 14) / max(1, call.loops.rowLength))
    return [
      WorkPhase(itemCount: chunks.count) { item, workspace in
        call.compute(denseRows: chunks.elements(ofChunk: item), workspace: workspace)
      }
    ]
  }

  private init(_ descriptor: PointwiseDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.descriptor = descriptor
    let extents = descriptor.extents
    let rowExtents = (
      outer: extents.count > 1 ? extents[extents.count - 2] : 1, inner: extents.last ?? 1
    )
    loops = PointwiseLoops(
      program: descriptor.program,
      inputs: descriptor.inputs.map { input in
        let rank = input.strides.count
        return PointwiseRowInput(
          outerStride: rank > 1 ? input.strides[rank - 2] : 0,
          innerStride: rank > 0 ? input.strides[rank - 1] : 0, extents: rowExtents)
      },
      rowLength: rowExtents.outer * rowExtents.inner)
    outerExtents = Array(extents.dropLast(2))
    inputs = descriptor.inputs.indices.map {
      operands.constantFloats($0) + descriptor.inputs[$0].offset
    }
    output = operands.floats(descriptor.inputs.count)
  }

  private func compute(
    _ band: PlaneBands.Band, of image: ImageLayout, workspace: UnsafeMutableRawPointer
  ) {
    let plane = output + image.planeOffset(image: band.image, block: band.block)
    var run = PointwiseRun(loops, workspace: workspace)
    for row in band.rows {
      for (index, input) in descriptor.inputs.enumerated() {
        let offset: Int =
          band.image * input.strides[0] + band.block * input.strides[1] + row * input.strides[2]
        run.setInput(index, at: inputs[index] + offset)
      }
      run.compute(into: plane + image.rowOffset(row))
    }
    BlockedBandWriter(layout: image).finish(
      plane: plane, rows: band.rows, usedLanes: image.usedLanes(ofBlock: band.block))
  }

  private func compute(denseRows rows: Range<Int>, workspace: UnsafeMutableRawPointer) {
    var run = PointwiseRun(loops, workspace: workspace)
    for row in rows {
      for (index, input) in descriptor.inputs.enumerated() {
        var rest = row
        var offset = 0
        for dimension in outerExtents.indices.reversed() {
          let (quotient, position) = rest.quotientAndRemainder(dividingBy: outerExtents[dimension])
          offset += position * input.strides[dimension]
          rest = quotient
        }
        run.setInput(index, at: inputs[index] + offset)
      }
      run.compute(into: output + row * loops.rowLength)
    }
  }
}
