import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Resampling against the definition in Float64.
struct ResampleTests {
  private func layouts(_ block: Int, height: Int, width: Int) -> (ImageLayout, ImageLayout) {
    (
      ImageLayout(batch: 2, channels: 11, height: 5, width: 6, channelBlock: block)
        .with(border: (1, 0, 2, 1)),
      ImageLayout(batch: 2, channels: 11, height: height, width: width, channelBlock: block)
        .with(border: (0, 1, 1, 0))
    )
  }

  @Test(arguments: [1, 8])
  func copiesFillsAndSteps(block: Int) throws {
    var resample = ResampleDescriptor()
    (resample.input, resample.output) = layouts(block, height: 4, width: 8)
    resample.rows = ResamplingAxis(copying: [4, 0, ResamplingAxis.outside, 2])
    resample.columns = ResamplingAxis(copying: [0, 0, 1, ResamplingAxis.outside, 5, 4, 3, 2])
    resample.fill = 0.5
    var generator = SeededGenerator(seed: 5)
    let input = Images.random(resample.input, &generator)
    let expected = Images<Float>(batch: 2, channels: 11, height: 4, width: 8) { n, c, y, x in
      let (row, column) = (resample.rows.indices[y], resample.columns.indices[x])
      return row < 0 || column < 0 ? 0.5 : input[n, c, row, column]
    }
    try KernelHarness.runEverywhere(
      resample, reading: [GuardedBuffer(input.placed(in: resample.input, filler: .nan))]
    ) { output, _ in
      #expect(output.floats == expected.placed(in: resample.output, filler: 0))
    }
  }

  @Test(arguments: [1, 8], [false, true])
  func weighsTaps(block: Int, keepsColumns: Bool) throws {
    var resample = ResampleDescriptor()
    (resample.input, resample.output) = layouts(block, height: 3, width: keepsColumns ? 6 : 2)
    resample.rows.tapCount = 2
    resample.rows.indices = [0, 1, 4, 4, 2, 0]
    resample.rows.weights = [0.25, 0.75, 0.5, 0.5, 1.5, -0.5]
    if !keepsColumns {
      resample.columns.tapCount = 3
      resample.columns.indices = [0, 1, 2, 5, 3, 1]
      resample.columns.weights = [0.2, 0.3, 0.5, -0.125, 1, 0.125]
    }
    var generator = SeededGenerator(seed: 6)
    let input = Images.random(resample.input, &generator)
    let expected = Images<BoundedValue>(
      batch: 2, channels: 11, height: 3, width: resample.output.width
    ) { n, c, y, x in
      var (sum, size) = (0.0, 0.0)
      for i in 0..<2 {
        for j in 0..<resample.columns.tapCount {
          let column = keepsColumns ? x : resample.columns.indices[x * 3 + j]
          let weight =
            Double(resample.rows.weights[y * 2 + i])
            * (keepsColumns ? 1 : Double(resample.columns.weights[x * 3 + j]))
          let product = weight * Double(input[n, c, resample.rows.indices[y * 2 + i], column])
          sum += product
          size += abs(product)
        }
      }
      return BoundedValue(value: sum, bound: 8 * 0x1p-24 * size)
    }
    try KernelHarness.expectClose(
      resample, reading: [GuardedBuffer(input.placed(in: resample.input, filler: .nan))],
      expected.placed(in: resample.output, filler: BoundedValue(value: 0, bound: 0)))
  }

  @Test func rejectsTablesThatDoNotFit() {
    var resample = ValidDescriptors.resample
    resample.rows.indices[0] = resample.input.height
    #expect(throws: (any Error).self) { try resample.requirements() }
    resample = ValidDescriptors.resample
    resample.rows.indices[0] = ResamplingAxis.outside
    #expect(throws: (any Error).self) { try resample.requirements() }
    resample = ValidDescriptors.resample
    resample.columns.indices.removeLast()
    #expect(throws: (any Error).self) { try resample.requirements() }
  }
}
