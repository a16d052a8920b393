import CPUKernels
import KernelInterface
import TestSupport
import Testing

struct ChannelAffineTests {
  @Test(arguments: [1, 8], [1, 7, 8, 13])
  func scalesAndShifts(block: Int, width: Int) throws {
    var generator = SeededGenerator(seed: 1)
    var affine = ChannelAffineDescriptor()
    affine.input = ImageLayout(batch: 2, channels: 9, height: 3, width: width, channelBlock: block)
      .with(border: (0, 1, 1, 0))
    affine.output = affine.input.with(border: (1, 2, 0, 1))
    affine.activation = Activation(.clamp, low: 0.25, high: 0.75)
    let images = Images.random(affine.input, &generator)
    let count = roundUp(9, toMultipleOf: block)
    let scale = randomFloats(count, &generator)
    let shift = randomFloats(count, &generator)
    let expected = Images(batch: 2, channels: 9, height: 3, width: width) { n, c, y, x in
      let product = Double(images[n, c, y, x]) * Double(scale[c])
      return BoundedValue.sum(
        product + Double(shift[c]), ofMagnitudes: abs(product) + abs(Double(shift[c])), termCount: 2
      ).mapped(affine.activation.reference)
    }
    try KernelHarness.expectClose(
      affine,
      reading: [
        GuardedBuffer(images.placed(in: affine.input, filler: .nan)), GuardedBuffer(scale),
        GuardedBuffer(shift),
      ],
      expected.placed(in: affine.output, filler: .zero))
  }
}
