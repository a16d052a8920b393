import KernelInterface
import KernelVectors
import PointwisePrograms

/// Computes runs of elements, a block at a time. The workspace holds a block for each input,
/// then those of the program, then one for the end of a run.
struct PointwiseRun {
  private static let blockElementCount = PointwiseTiling.blockElementCount

  private let loops: PointwiseLoops
  private let workspace: UnsafeMutablePointer<Float>
  private var starts: InlineArray<16, UnsafePointer<Float>>
  private var streams: InlineArray<16, VectorStream>

  init(_ loops: PointwiseLoops, workspace: UnsafeMutableRawPointer) {
    self.loops = loops
    self.workspace = workspace.assumingMemoryBound(to: Float.self)
    starts = .init(repeating: UnsafePointer(self.workspace))
    streams = .init(repeating: VectorStream(address: UnsafePointer(self.workspace), step: 0))
  }

  private func block(_ input: Int) -> UnsafeMutablePointer<Float> {
    workspace + input * Self.blockElementCount
  }

  /// Where an input's elements of the next run start.
  mutating func setInput(_ index: Int, at start: UnsafePointer<Float>) {
    switch loops.inputs[index].form {
    case .streamed:
      streams[index] = VectorStream(address: start, step: WideVector.scalarCount)
    case .repeated:
      WideVector(blocks: start, stride: 0).store(to: block(index))
      streams[index] = VectorStream(address: block(index), step: 0)
    case .single:
      WideVector(repeating: start[0]).store(to: block(index))
      streams[index] = VectorStream(address: block(index), step: 0)
    case .strided:
      starts[index] = start
    }
  }

  /// Computes elements of the run whose inputs were set, into other memory or in place of an input.
  ///
  /// - Parameter target: where the results of the run start.
  mutating func compute(_ elements: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let blockElementCount =
      loops.hasStridedInputs ? Self.blockElementCount : loops.program.blockElementCount
    advance(by: elements.lowerBound)
    var start = elements.lowerBound
    while start < elements.upperBound {
      let count = min(blockElementCount, elements.upperBound - start)
      if loops.hasStridedInputs { copyStridedInputs(start..<start + count) }
      let wholeCount = count & ~(kernelLaneCount - 1)
      if wholeCount > 0 {
        loops.program.compute(
          streams, elementCount: wholeCount, into: target + start, workspace: workspace)
        advance(by: wholeCount)
      }
      if wholeCount < count { computeEnd(count - wholeCount, into: target + start + wholeCount) }
      start += count
    }
  }

  private mutating func copyStridedInputs(_ range: Range<Int>) {
    for index in loops.inputs.indices where loops.inputs[index].form == .strided {
      loops.inputs[index].copy(range, from: starts[index], into: block(index))
      streams[index] = VectorStream(address: block(index), step: WideVector.scalarCount)
    }
  }

  private mutating func advance(by elementCount: Int) {
    for index in loops.inputs.indices where streams[index].step != 0 {
      streams[index].address += elementCount
    }
  }

  /// The last elements of a run, fewer than 8, in copies that end with whatever lies in the workspace.
  private mutating func computeEnd(
    _ elementCount: Int, into target: UnsafeMutablePointer<Float>
  ) {
    for index in loops.inputs.indices where streams[index].step != 0 {
      block(index).update(from: streams[index].address, count: elementCount)
      streams[index].address = UnsafePointer(block(index))
    }
    let result = block(loops.inputs.count + loops.program.blockCount)
    loops.program.compute(
      streams, elementCount: kernelLaneCount, into: result, workspace: workspace)
    target.update(from: result, count: elementCount)
  }
}
