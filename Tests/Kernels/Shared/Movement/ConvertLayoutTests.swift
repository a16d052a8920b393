import CPUKernels
import KernelInterface
import TestSupport
import Testing

struct ConvertLayoutTests {
  @Test(arguments: [1, 8], [1, 8])
  func convertsBetweenBlocks(from: Int, to: Int) throws {
    var generator = SeededGenerator(seed: 1)
    var conversion = ConvertLayoutDescriptor()
    conversion.input = ImageLayout(
      batch: 2, channels: 11, height: 30, width: 40, channelBlock: from
    ).with(border: (1, 0, 2, 1))
    conversion.output = conversion.input.with(border: (0, 2, 1, 1))
    conversion.output.channelBlock = to
    conversion.activation = .relu
    let images = Images.random(conversion.input, &generator)
    let expected = Images(batch: 2, channels: 11, height: 30, width: 40) { n, c, y, x in
      max(images[n, c, y, x], 0)
    }
    try KernelHarness.runEverywhere(
      conversion, reading: [GuardedBuffer(images.placed(in: conversion.input, filler: .nan))]
    ) { output, _ in
      #expect(output.floats == expected.placed(in: conversion.output, filler: 0))
    }
  }
}
