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
    let images = Images.random(conversion.input, &generator)
    try KernelHarness.runEverywhere(
      conversion, reading: [GuardedBuffer(images.placed(in: conversion.input, filler: .nan))]
    ) { output, _ in
      #expect(output.floats == images.placed(in: conversion.output, filler: 0))
    }
  }
}
