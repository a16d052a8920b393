/// How the outputs of a fully connected layer are cut into groups: the weights of an input for a group lie
/// together. Groups are 64 outputs wide, so that what a zero input saves is whole cache lines in every type;
/// what is left of them, rounded up to the lane count, makes groups of 32, 16 and 8.
package struct OutputGroups: Sendable, Equatable {
  package static let fullWidth = 8 * kernelLaneCount

  package let outputCount: Int

  package init(outputCount: Int) { self.outputCount = outputCount }

  /// Outputs with the padding of the last group.
  package var paddedOutputCount: Int { roundUp(outputCount, toMultipleOf: kernelLaneCount) }

  package var count: Int {
    let rest: Int = paddedOutputCount % Self.fullWidth / kernelLaneCount
    return fullCount + rest.nonzeroBitCount
  }

  private var fullCount: Int { paddedOutputCount / Self.fullWidth }

  /// Those of a group, the padding included; `count` gives the end.
  package func outputs(of group: Int) -> Range<Int> {
    var start = min(group, fullCount) * Self.fullWidth
    for _ in min(group, fullCount)..<group { start += width(from: start) }
    return start..<start + width(from: start)
  }

  /// Of the group that begins with an output.
  private func width(from output: Int) -> Int {
    let rest = paddedOutputCount - output
    return rest >= Self.fullWidth
      ? Self.fullWidth : rest > 0 ? 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount) : 0
  }
}
