import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Gathers against the definition, element by element.
struct GatherChannelsTests {
  private func check(_ gather: GatherChannelsDescriptor) throws {
    var generator = SeededGenerator(seed: 3)
    let inputs = gather.inputs.map { Images.random($0, &generator) }
    let channels = inputs.enumerated().flatMap { index, input in
      (0..<input.channels).map { (index, $0) }
    }
    let output = gather.output
    let expected = Images<Float>(
      batch: output.batch, channels: output.channels, height: output.height, width: output.width
    ) { n, c, y, x in
      let (row, column) = (y + gather.rowOffset, x + gather.columnOffset)
      let phase =
        row % gather.rowPhases * gather.columnPhases + column % gather.columnPhases
      let (input, channel) = channels[gather.sources[phase * output.channels + c]]
      return inputs[input][n, channel, row / gather.rowPhases, column / gather.columnPhases]
    }
    try KernelHarness.runEverywhere(
      gather,
      reading: zip(gather.inputs, inputs).map { GuardedBuffer($1.placed(in: $0, filler: .nan)) }
    ) { result, _ in
      #expect(result.floats == expected.placed(in: output, filler: 0))
    }
  }

  private func layout(_ channels: Int, block: Int, border: Int = 0) -> ImageLayout {
    ImageLayout(batch: 2, channels: channels, height: 5, width: 7, channelBlock: block)
      .with(border: (border, 0, border, border))
  }

  @Test(arguments: [1, 8], [1, 8])
  func joinsAndShuffles(from: Int, to: Int) throws {
    var gather = GatherChannelsDescriptor()
    gather.inputs = [layout(11, block: from, border: 1), layout(8, block: 8), layout(3, block: 1)]
    gather.output = layout(22, block: to, border: 2)
    gather.sources = (0..<22).map { $0 * 7 % 22 }
    try check(gather)
    gather.sources = Array(0..<22)
    try check(gather)
  }

  /// Whole blocks, which move vector by vector.
  @Test func takesBlocks() throws {
    var gather = GatherChannelsDescriptor()
    gather.inputs = [layout(24, block: 8, border: 1)]
    gather.output = layout(16, block: 8)
    gather.sources = Array(8..<24)
    try check(gather)
  }

  @Test(arguments: [1, 8])
  func interleavesPhasesAndCrops(block: Int) throws {
    var gather = GatherChannelsDescriptor()
    gather.inputs = [layout(48, block: block)]
    gather.output = ImageLayout(batch: 2, channels: 8, height: 8, width: 19, channelBlock: block)
      .with(border: (1, 1, 0, 2))
    (gather.rowPhases, gather.columnPhases) = (2, 3)
    (gather.rowOffset, gather.columnOffset) = (1, 2)
    gather.sources = (0..<6).flatMap { phase in (0..<8).map { phase * 8 + $0 } }
    try check(gather)
    gather.sources = (0..<6).flatMap { phase in (0..<8).map { $0 * 6 + phase } }
    try check(gather)
  }

  /// What lies beside a slice keeps its bytes.
  @Test func writesASlice() throws {
    var gather = GatherChannelsDescriptor()
    gather.inputs = [layout(8, block: 8)]
    gather.output = layout(8, block: 8, border: 1)
    gather.sources = Array(0..<8)
    var whole = gather.output
    whole.channels = 24
    gather.output.enclosingBlockCount = 3
    var generator = SeededGenerator(seed: 4)
    let input = Images.random(gather.inputs[0], &generator)
    let placed = input.placed(in: layout(8, block: 8, border: 1), filler: 0)
    try KernelHarness.runEverywhere(
      gather, reading: [GuardedBuffer(input.placed(in: gather.inputs[0], filler: .nan))]
    ) { result, _ in
      let plane = gather.output.channelBlockStride
      #expect(result.floats.count == 4 * plane)
      #expect(Array(result.floats[..<plane]) == Array(placed[..<plane]))
      #expect(result.bytes[(4 * plane)..<(12 * plane)].allSatisfy { $0 == 0xFF })
      #expect(Array(result.floats[(3 * plane)...]) == Array(placed[plane...]))
    }
  }

  @Test func rejectsWhatLiesOutside() {
    var gather = ValidDescriptors.gatherChannels
    gather.sources[0] = gather.inputs.reduce(0) { $0 + $1.channels }
    #expect(throws: (any Error).self) { try gather.requirements() }
    gather = ValidDescriptors.gatherChannels
    gather.rowOffset = 1
    #expect(throws: (any Error).self) { try gather.requirements() }
    gather = ValidDescriptors.gatherChannels
    gather.output.enclosingBlockCount = 1
    #expect(throws: (any Error).self) { try gather.requirements() }
  }
}
