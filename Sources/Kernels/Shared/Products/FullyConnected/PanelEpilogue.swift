import KernelInterface
import KernelVectors

/// Runs the epilogue of a fully connected layer over the results of a panel before they are stored.
final class PanelEpilogue {
  private static let blockElementCount = PointwiseTiling.blockElementCount

  private let program: PreparedProgram
  private let inputs: [Input]

  private struct Input {
    let start: UnsafePointer<Float>
    let rowStride: Int
    let outputStride: Int

    /// Copies the elements of some results, whose rows are `width` elements apart in `target`.
    func copy(
      rows: Range<Int>, outputs: Range<Int>, into target: UnsafeMutablePointer<Float>, width: Int
    ) {
      var row = start + (rows.lowerBound * rowStride + outputs.lowerBound * outputStride)
      var target = target
      for _ in rows {
        if outputStride == 1 {
          target.update(from: row, count: outputs.count)
        } else {
          for index in 0..<outputs.count { target[index] = row[index * outputStride] }
        }
        row += rowStride
        target += width
      }
    }
  }

  /// Nil if there is no epilogue.
  ///
  /// - Parameter operands: all operands of the step, of which the epilogue's are the last.
  init?(_ epilogue: Epilogue, operands: [UnsafeMutableRawPointer]) {
    guard !epilogue.isEmpty else { return nil }
    program = .allocate(epilogue.program)
    let first = operands.count - epilogue.inputs.count
    inputs = epilogue.inputs.enumerated().map { index, input in
      Input(
        start: operands.constantFloats(first + index) + input.offset, rowStride: input.strides[0],
        outputStride: input.strides[1])
    }
  }

  deinit { program.deallocate() }

  /// Replaces results. What it makes of those between `outputs` and the width is left open.
  ///
  /// - Parameters:
  ///   - results: `[row][width]`.
  ///   - width: a multiple of the lane count that divides a block.
  ///   - workspace: at least `Epilogue.workspaceByteCount` bytes.
  func apply(
    _ results: UnsafeMutablePointer<Float>, rows: Range<Int>, outputs: Range<Int>, width: Int,
    workspace: UnsafeMutablePointer<Float>
  ) {
    let rowsPerBlock = Self.blockElementCount / width
    var streams = InlineArray<16, VectorStream>(
      repeating: VectorStream(address: UnsafePointer(workspace), step: WideVector.scalarCount))
    for index in inputs.indices {
      streams[index + 1].address += (index + 1) * Self.blockElementCount
    }
    var results = results
    for firstRow in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerBlock) {
      let block = firstRow..<min(firstRow + rowsPerBlock, rows.upperBound)
      for (index, input) in inputs.enumerated()
      where input.rowStride > 0 || firstRow == rows.lowerBound {
        input.copy(
          rows: block, outputs: outputs, into: workspace + (index + 1) * Self.blockElementCount,
          width: width)
      }
      streams[0].address = UnsafePointer(results)
      program.compute(
        streams, elementCount: block.count * width, into: results, workspace: workspace)
      results += block.count * width
    }
  }
}
