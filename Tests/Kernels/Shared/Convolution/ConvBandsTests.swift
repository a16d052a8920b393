import CPUKernels
import KernelInterface
import PointwisePrograms
import Tensors
import TestSupport
import Testing

/// Two convolutions by bands give the bits that they give one after the other.
struct ConvBandsTests {
  struct Case: CustomTestStringConvertible {
    var batch = 1
    var channels: (input: Int, between: Int)
    var size: (height: Int, width: Int)
    var first = SlidingWindow()
    var second = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    var groups = 1
    var hasEpilogues = false
    /// Beyond the pads, of the images between, and of the output.
    var border = (top: 0, left: 0, bottom: 0, right: 0)

    var testDescription: String {
      "\(batch)x\(channels)x\(size.height)x\(size.width), \(first), \(second)"
    }

    private func extents(
      _ window: SlidingWindow, _ size: (height: Int, width: Int)
    ) -> (height: Int, width: Int) {
      (
        (size.height + 2 * window.padTop - window.spanHeight) / window.strideHeight + 1,
        (size.width + 2 * window.padLeft - window.spanWidth) / window.strideWidth + 1
      )
    }

    private func layout(_ channels: Int, _ size: (height: Int, width: Int)) -> ImageLayout {
      ImageLayout(
        batch: batch, channels: channels, height: size.height, width: size.width,
        channelBlock: channels < 8 ? 1 : 8)
    }

    func check(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      var producer = ConvDirectDescriptor()
      producer.input = layout(channels.input, size)
        .with(border: (first.padTop, first.padLeft, first.padTop, first.padLeft))
      let between = extents(first, size)
      producer.output = layout(channels.between, between).with(
        border: (
          second.padTop + border.top, second.padLeft + border.left,
          second.padTop + border.bottom, second.padLeft + border.right
        ))
      producer.window = first
      producer.groups = groups
      (producer.convHeight, producer.convWidth) = between
      producer.activation = Activation(.clamp, low: -1, high: 2)

      var consumer = ConvDepthwiseDescriptor()
      consumer.input = producer.output
      consumer.output = layout(channels.between, extents(second, between)).with(border: border)
      consumer.window = second
      consumer.activation = .relu
      var operands: [GuardedBuffer] = []
      if hasEpilogues {
        producer.epilogue = Self.sigmoidGate
        let epilogue = ReferenceEpilogue(consumer.output, &generator)
        consumer.epilogue = epilogue.epilogue
        operands = epilogue.operands
      }

      let images = Images.random(producer.input, &generator)
      let input = GuardedBuffer(images.placed(in: producer.input, filler: 0))
      let firstWeights = GuardedBuffer(byteCount: try producer.packedWeightsByteCount())
      try producer.packWeights(
        from: randomFloats(
          channels.between * channels.input / groups * first.kernelHeight * first.kernelWidth,
          &generator), into: firstWeights.base)
      let secondWeights = GuardedBuffer(byteCount: try consumer.packedWeightsByteCount())
      try consumer.packWeights(
        from: randomFloats(channels.between * consumer.tapCount, &generator),
        into: secondWeights.base)
      let padding = [Float](
        repeating: 0, count: roundUp(channels.between, toMultipleOf: 8) - channels.between)
      let firstBias = GuardedBuffer(randomFloats(channels.between, &generator) + padding)
      let secondBias = GuardedBuffer(randomFloats(channels.between, &generator) + padding)

      try #require(ConvBandsDescriptor(producer, consumer)).expectBits(
        of: consumer,
        reading: [input, firstWeights, firstBias, secondWeights, secondBias] + operands)
    }

    /// `x · sigmoid(x)`.
    private static var sigmoidGate: Epilogue {
      var program = PointwiseProgram(inputCount: 1)
      let gate = program.append(.sigmoid, 0)
      _ = program.append(.multiply, 0, gate)
      return Epilogue(program: program, inputs: [])
    }
  }

  /// One band, several of an item, several items; pairs of panels and a panel alone.
  @Test(arguments: [1, 2, 7, 29, 63])
  func heights(height: Int) throws {
    for (stride, kernel) in [(1, 3), (2, 3), (1, 5), (2, 5), (3, 2)] {
      let window = SlidingWindow(
        kernel: (kernel, kernel), stride: (stride, stride), pad: (kernel / 2, kernel / 2))
      try Case(
        batch: 2, channels: (9, 41), size: (height, 150), second: window, hasEpilogues: true
      ).check(seed: 1)
    }
  }

  @Test(arguments: [8, 9, 16, 17, 24, 33, 64])
  func channelCounts(channels: Int) throws {
    try Case(batch: 2, channels: (8, channels), size: (40, 90), border: (1, 2, 3, 1))
      .check(seed: 2)
  }

  @Test func planesAndGroups() throws {
    let window = SlidingWindow(kernel: (3, 3), stride: (2, 2), pad: (1, 1))
    try Case(channels: (3, 32), size: (81, 200), first: window).check(seed: 3)
    try Case(
      channels: (16, 32), size: (40, 30), first: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      groups: 2, hasEpilogues: true
    ).check(seed: 4)
  }

  /// Windows that leave rows out, lie in the pads as a whole, and are taller than a band.
  @Test(arguments: [
    SlidingWindow(kernel: (1, 1), stride: (4, 3)),
    SlidingWindow(kernel: (1, 1), stride: (1, 1), pad: (3, 2)),
    SlidingWindow(kernel: (7, 3), dilation: (4, 1), pad: (12, 1)),
    SlidingWindow(kernel: (2, 2), stride: (5, 1), dilation: (2, 2), pad: (2, 2)),
  ])
  func unusualWindows(window: SlidingWindow) throws {
    try Case(channels: (8, 32), size: (70, 50), second: window).check(seed: 5)
  }

  @Test func rowsThatDoNotFitAreRefused() throws {
    var producer = ConvDirectDescriptor()
    producer.input = ImageLayout(batch: 1, channels: 32, height: 9, width: 3000, channelBlock: 8)
    producer.output = producer.input
    (producer.convHeight, producer.convWidth) = (9, 3000)
    var consumer = ConvDepthwiseDescriptor()
    consumer.input = producer.output
    consumer.output = producer.output
    consumer.output.height = 7
    consumer.window = SlidingWindow(kernel: (3, 1))
    let bands = try #require(ConvBandsDescriptor(producer, consumer))
    let error = #expect(throws: TesseraError.self) { try bands.requirements() }
    #expect("\(error, default: "")".contains("more than 262144 bytes"))
  }
}
