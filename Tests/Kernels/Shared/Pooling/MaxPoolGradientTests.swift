import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Gradients of max-poolings against their definition, with sums that are exact.
struct MaxPoolGradientTests {
  private func check(
    _ input: ImageLayout, pooled: (height: Int, width: Int), _ window: SlidingWindow,
    element: (Int) -> Float
  ) throws {
    var pool = MaxPoolGradientDescriptor()
    pool.input = input
    pool.output = input.with(border: (1, 2, 0, 1))
    pool.window = window
    pool.pooled = input.with(border: (0, 1, 1, 0))
    (pool.pooled.height, pool.pooled.width) = pooled
    pool.gradient = pool.pooled.with(border: (2, 0, 0, 0))
    let channelsPerImage = input.channels
    let images = Images(
      batch: input.batch, channels: input.channels, height: input.height, width: input.width
    ) { n, c, y, x in element((((n * channelsPerImage + c) * 31 + y) * 37 + x) * 7919) }
    let gradients = Images(
      batch: input.batch, channels: input.channels, height: pooled.height, width: pooled.width
    ) { n, c, y, x in Float(((n * 5 + c) * 11 + y * 3 + x) % 64 - 20) / 8 }
    var expected = Images(
      batch: input.batch, channels: input.channels, height: input.height, width: input.width
    ) { _, _, _, _ in Float.zero }
    let maxima = Images(
      batch: input.batch, channels: input.channels, height: pooled.height, width: pooled.width
    ) { n, c, y, x -> Float in
      var best: (value: Float, place: Int)?
      for i in 0..<window.kernelHeight {
        for j in 0..<window.kernelWidth {
          let row = y * window.strideHeight - window.padTop + i * window.dilationHeight
          let column = x * window.strideWidth - window.padLeft + j * window.dilationWidth
          guard let value = images.inside(n, c, row, column) else { continue }
          let place = ((n * input.channels + c) * input.height + row) * input.width + column
          guard let current = best else {
            best = (value, place)
            continue
          }
          if value > current.value || value.isNaN && !current.value.isNaN { best = (value, place) }
        }
      }
      guard let best else { return 0 }
      expected.elements[best.place] += gradients[n, c, y, x]
      return best.value
    }
    try KernelHarness.runEverywhere(
      pool,
      reading: [
        GuardedBuffer(images.placed(in: pool.input, filler: 0)),
        GuardedBuffer(maxima.placed(in: pool.pooled, filler: 0)),
        GuardedBuffer(gradients.placed(in: pool.gradient, filler: 0)),
      ]
    ) { output, _ in
      #expect(output.floats == expected.placed(in: pool.output, filler: 0))
    }
  }

  private let layout = ImageLayout(batch: 2, channels: 11, height: 9, width: 10, channelBlock: 8)

  /// Few different values, so that windows have several maxima; and NaN.
  @Test(arguments: [Float.zero, .nan])
  func firstMaximum(rare: Float) throws {
    for (kernel, stride, pad) in [(2, 2, 0), (3, 2, 0), (3, 1, 1), (2, 3, 0)] {
      let window = SlidingWindow(
        kernel: (kernel, kernel), stride: (stride, stride), pad: (pad, pad))
      try check(
        layout,
        pooled: (
          (9 + 2 * pad - kernel) / stride + 1, (10 + 2 * pad - kernel) / stride + 1
        ), window
      ) { $0 % 11 == 0 ? rare : Float($0 % 5) }
    }
  }

  @Test func dilated() throws {
    try check(
      layout, pooled: (5, 7), SlidingWindow(kernel: (3, 2), dilation: (2, 3))
    ) { Float($0 % 101) }
  }
}
