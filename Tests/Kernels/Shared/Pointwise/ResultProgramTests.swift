import CPUKernels
import KernelInterface
import PointwisePrograms
import TestSupport
import Testing

/// Short functions of results alone as epilogues give the bits of a step of their own, in borders and in lanes
/// that are no channels too.
struct ResultProgramTests {
  /// Hard-swish, hard sigmoid, SiLU.
  private static let programs: [PointwiseProgram] = {
    var hardSwish = PointwiseProgram(inputCount: 1)
    _ = hardSwish.append(.multiply, 0, appendHardSigmoid(to: &hardSwish, slope: 1 / 6))
    var hardSigmoid = PointwiseProgram(inputCount: 1)
    _ = appendHardSigmoid(to: &hardSigmoid, slope: 0.2)
    var silu = PointwiseProgram(inputCount: 1)
    _ = silu.append(.multiply, silu.append(.sigmoid, 0), 0)
    return [hardSwish, hardSigmoid, silu]
  }()

  private static func appendHardSigmoid(to program: inout PointwiseProgram, slope: Float) -> Int {
    let line = program.append(
      .add, program.append(.multiply, 0, program.append(constant: slope)),
      program.append(constant: 0.5))
    let raised = program.append(.maximum, line, program.append(constant: 0))
    return program.append(.minimum, raised, program.append(constant: 1))
  }

  private func check<Descriptor: KernelDescriptor>(
    _ plain: Descriptor, _ output: ImageLayout, reading inputs: [GuardedBuffer],
    _ setEpilogue: (inout Descriptor, Epilogue) -> Void
  ) throws {
    let pool = try ThreadPool(threadCount: 2)
    for program in Self.programs {
      var fused = plain
      setEpilogue(&fused, Epilogue(program: program, inputs: []))
      var step = PointwiseDescriptor()
      step.program = program
      step.image = output
      step.extents = output.nest
      step.inputs = [.init(offset: output.originOffset, strides: output.nestStrides)]
      let unreadCount =
        output.rowStride * output.borderBottom + output.channelBlock * output.borderRight
      for table in KernelTable.all {
        let result = try KernelHarness.run(fused, reading: inputs, table: table, pool: pool)
        let before = try KernelHarness.run(plain, reading: inputs, table: table, pool: pool)
        let after = try KernelHarness.run(
          step, reading: [GuardedBuffer(Array(before[0].floats.dropLast(unreadCount)))],
          table: table, pool: pool)
        #expect(result[0].bytes == after[0].bytes, "\(table.instructionSet)")
      }
    }
  }

  /// Tiles of one vector, a panel and two panels, several passes, rows that follow each other.
  @Test(arguments: [(3, 17), (16, 40), (1100, 72)], [1, 3])
  func directConvolutions(channels: (input: Int, output: Int), kernel: Int) throws {
    for (size, border) in [((9, 13), (1, 0, 2, 1)), ((7, 7), (0, 0, 0, 0)), ((1, 1), (0, 0, 0, 0))]
    {
      var generator = SeededGenerator(seed: 1)
      var conv = ConvDirectDescriptor()
      let pad = kernel / 2
      conv.input = ImageLayout(
        batch: 2, channels: channels.input, height: size.0, width: size.1, channelBlock: 8
      ).with(border: (pad, pad, pad, pad))
      conv.output = ImageLayout(
        batch: 2, channels: channels.output, height: size.0, width: size.1, channelBlock: 8
      ).with(border: border)
      conv.window = SlidingWindow(kernel: (kernel, kernel), pad: (pad, pad))
      (conv.convHeight, conv.convWidth) = size
      let packed = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
      try conv.packWeights(
        from: randomFloats(channels.output * channels.input * kernel * kernel, &generator),
        into: packed.base)
      let images = Images.random(conv.input, &generator)
      try check(
        conv, conv.output,
        reading: [
          GuardedBuffer(images.placed(in: conv.input, filler: 0)), packed,
          biases(channels.output, &generator),
        ]
      ) { $0.epilogue = $1 }
    }
  }

  /// One row, tiles that lie over others, bands of rows.
  @Test(arguments: [(1, 5), (7, 7), (5, 13), (60, 40)])
  func depthwiseConvolutions(size: (height: Int, width: Int)) throws {
    var generator = SeededGenerator(seed: 2)
    var conv = ConvDepthwiseDescriptor()
    conv.input = ImageLayout(
      batch: 1, channels: 20, height: size.height, width: size.width, channelBlock: 8
    ).with(border: (1, 1, 1, 1))
    conv.output = ImageLayout(
      batch: 1, channels: 20, height: size.height, width: size.width, channelBlock: 8
    ).with(border: (1, 2, 0, 1))
    conv.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    let packed = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
    try conv.packWeights(from: randomFloats(20 * 9, &generator), into: packed.base)
    let images = Images.random(conv.input, &generator)
    try check(
      conv, conv.output,
      reading: [
        GuardedBuffer(images.placed(in: conv.input, filler: 0)), packed, biases(20, &generator),
      ]
    ) { $0.epilogue = $1 }
  }

  private func biases(_ count: Int, _ generator: inout SeededGenerator) -> GuardedBuffer {
    let padding = [Float](repeating: 0, count: roundUp(count, toMultipleOf: 8) - count)
    return GuardedBuffer(randomFloats(count, &generator) + padding)
  }
}
