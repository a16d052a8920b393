import KernelInterface
import KernelVectors

/// Reductions; the contract is `ReduceDescriptor`'s. An item is some rows of results, a span of one, or
/// some planes of an image.
final class Reduce {
  /// Elements that an item reads, about. To tune it, time `tessera bench --steps` on MobileNetV3 with 2 threads.
  private static let itemElementCount = 1 << 11

  private let descriptor: ReduceDescriptor
  private let lines: ReducedLines
  private let output: UnsafeMutableRawPointer

  static let kernel = Kernel(ReduceDescriptor.self) { descriptor, operands in
    let call = Reduce(descriptor, operands)
    if let image = descriptor.image { return [call.phase(of: image, operands)] }
    let rows = StridedRows(
      extents: descriptor.extents, firstStrides: descriptor.strides,
      secondStrides: Reduce.denseStrides(descriptor.extents))
    let resultCount = max(1, itemElementCount / max(1, descriptor.reducedCount))
    let spans = Chunks(
      elementCount: rows.rowLength,
      chunkElementCount: roundUp(resultCount, toMultipleOf: Vector.scalarCount))
    let rowChunks = Chunks(
      elementCount: rows.rowCount, chunkElementCount: resultCount / max(1, rows.rowLength))
    return [
      WorkPhase(itemCount: rowChunks.count * spans.count) { item, _ in
        let (rowChunk, span) = item.quotientAndRemainder(dividingBy: spans.count)
        call.compute(
          rows, rowChunks.elements(ofChunk: rowChunk), span: spans.elements(ofChunk: span),
          from: 0, to: 0)
      }
    ]
  }

  private init(_ descriptor: ReduceDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.descriptor = descriptor
    lines = ReducedLines(descriptor, operands.constantFloats(0) + descriptor.offset)
    output = operands[1]
  }

  private func phase(of image: ImageLayout, _ operands: [UnsafeMutableRawPointer]) -> WorkPhase {
    let epilogue = EpilogueCall(
      descriptor.epilogue, layout: image, output: operands.floats(1), operands: operands)
    let (from, to) = (descriptor.strides, image.nestStrides)
    let rows = StridedRows(
      extents: Array(descriptor.extents.dropFirst(2)), firstStrides: Array(from.dropFirst(2)),
      secondStrides: Array(to.dropFirst(2)))
    let planeElementCount =
      image.height * image.width * image.channelBlock * max(1, descriptor.reducedCount)
    let planes = Chunks(
      elementCount: image.batch * image.channelBlockCount,
      chunkElementCount: Self.itemElementCount / planeElementCount)
    return WorkPhase(itemCount: planes.count) { [self] item, workspace in
      for plane in planes.elements(ofChunk: item) {
        let (batch, block) = plane.quotientAndRemainder(dividingBy: image.channelBlockCount)
        let target = image.planeOffset(image: batch, block: block)
        compute(
          rows, 0..<rows.rowCount, span: 0..<rows.rowLength,
          from: batch * from[0] + block * from[1], to: target + image.originOffset)
        epilogue?.apply(
          image: batch, block: block, rows: 0..<image.height, columns: 0..<image.width,
          workspace: workspace)
        BlockedBandWriter(layout: image).finish(
          plane: output.assumingMemoryBound(to: Float.self) + target, rows: 0..<image.height,
          usedLanes: image.usedLanes(ofBlock: block))
      }
    }
  }

  private func compute(
    _ rows: StridedRows, _ range: Range<Int>, span: Range<Int>, from: Int, to: Int
  ) {
    rows.forEachRow(in: range) { _, first, second in
      var index = span.lowerBound
      while index < span.upperBound {
        let isRun = lines.readsRuns
        let count = isRun ? 1 : min(Vector.scalarCount, span.upperBound - index)
        let lanes = LaneGroup(
          offset: from + first + index * rows.firstRowStride, stride: rows.firstRowStride,
          count: count)
        let results = lines.results(of: lanes)
        let target: Int = to + second + index * rows.secondRowStride
        if count == Vector.scalarCount, rows.secondRowStride == 1,
          !descriptor.operation.givesPosition
        {
          output.assumingMemoryBound(to: Float.self).store(Vector(results), at: target)
        } else {
          for lane in 0..<count {
            store(results[lane], at: target + lane * rows.secondRowStride)
          }
        }
        index += count
      }
    }
  }

  private func store(_ result: Double, at offset: Int) {
    if descriptor.operation.givesPosition {
      output.assumingMemoryBound(to: Int64.self)[offset] = Int64(result)
    } else {
      output.assumingMemoryBound(to: Float.self)[offset] = Float(result)
    }
  }

  private static func denseStrides(_ extents: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: extents.count)
    for index in extents.indices.dropLast().reversed() {
      strides[index] = strides[index + 1] * extents[index + 1]
    }
    return strides
  }
}
