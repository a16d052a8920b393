import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Pooling against its definition in Float64.
struct PoolTests {
  private func check(
    _ pool: PoolDescriptor, seed: UInt64, hasEpilogue: Bool = false
  ) throws {
    var pool = pool
    var generator = SeededGenerator(seed: seed)
    let images = Images.random(pool.input, &generator)
    let window = pool.window
    let expected = Images(
      batch: pool.output.batch, channels: pool.output.channels, height: pool.output.height,
      width: pool.output.width
    ) { n, c, y, x -> BoundedValue in
      var elements: [Double] = []
      var paddedCount = 0
      for i in 0..<window.kernelHeight {
        for j in 0..<window.kernelWidth {
          let row = y * window.strideHeight - window.padTop + i * window.dilationHeight
          let column = x * window.strideWidth - window.padLeft + j * window.dilationWidth
          if let element = images.inside(n, c, row, column) { elements.append(Double(element)) }
          if row < pool.input.height + pool.padBottom && column < pool.input.width + pool.padRight {
            paddedCount += 1
          }
        }
      }
      if pool.reduction == .max {
        return BoundedValue(value: elements.max() ?? -.infinity, bound: 0)
      }
      if elements.isEmpty { return .zero }
      let count = Double(pool.countsPadding ? paddedCount : elements.count)
      // The reciprocal of the count and the product with it are rounded too: 2 more roundings.
      return BoundedValue.sum(
        elements.reduce(0, +) / count, ofMagnitudes: elements.map(abs).reduce(0, +) / count,
        termCount: elements.count + 2)
    }
    let epilogue = hasEpilogue ? ReferenceEpilogue(pool.output, &generator) : nil
    pool.epilogue = epilogue?.epilogue ?? pool.epilogue
    try KernelHarness.expectClose(
      pool,
      reading: [GuardedBuffer(images.placed(in: pool.input, filler: 1000))]
        + (epilogue?.operands ?? []),
      (epilogue?.apply(to: expected) ?? expected).placed(in: pool.output, filler: .zero))
  }

  /// Partial blocks, several bands, one column.
  @Test(arguments: [(9, 70, 41), (16, 3, 1), (3, 1, 7)], PoolDescriptor.Reduction.allCases)
  func epilogues(
    size: (channels: Int, height: Int, width: Int), reduction: PoolDescriptor.Reduction
  )
    throws
  {
    var pool = PoolDescriptor()
    pool.reduction = reduction
    pool.input = ImageLayout(
      batch: 2, channels: size.channels, height: size.height, width: size.width, channelBlock: 8)
    pool.output = pool.input.with(border: (1, 0, 2, 1))
    pool.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    (pool.padBottom, pool.padRight) = (1, 1)
    try check(pool, seed: 5, hasEpilogue: true)
  }

  @Test(arguments: [1, 8], PoolDescriptor.Reduction.allCases)
  func twoByTwo(block: Int, reduction: PoolDescriptor.Reduction) throws {
    var pool = PoolDescriptor()
    pool.reduction = reduction
    pool.input = ImageLayout(batch: 2, channels: 11, height: 7, width: 9, channelBlock: block)
      .with(border: (1, 1, 1, 1))
    pool.output = ImageLayout(batch: 2, channels: 11, height: 3, width: 4, channelBlock: block)
      .with(border: (1, 0, 2, 1))
    pool.window = SlidingWindow(kernel: (2, 2), stride: (2, 2))
    try check(pool, seed: 1)
  }

  /// Rows whose windows are clipped on neither side, on one and on both, in whole vectors and not.
  @Test(arguments: 1...12, PoolDescriptor.Reduction.allCases)
  func widths(width: Int, reduction: PoolDescriptor.Reduction) throws {
    for (kernel, stride, pad) in [(2, 1, 0), (2, 2, 1), (3, 1, 1), (3, 2, 1), (5, 1, 2)] {
      var pool = PoolDescriptor()
      pool.reduction = reduction
      pool.countsPadding = kernel == 3
      (pool.padBottom, pool.padRight) = (pad, pad)
      pool.input = ImageLayout(batch: 1, channels: 9, height: 5, width: width, channelBlock: 8)
      pool.output = ImageLayout(
        batch: 1, channels: 9, height: (5 + 2 * pad - kernel) / stride + 1,
        width: max(0, width + 2 * pad - kernel) / stride + 1, channelBlock: 8)
      pool.window = SlidingWindow(
        kernel: (kernel, kernel), stride: (stride, stride), pad: (pad, pad))
      try check(pool, seed: UInt64(width))
    }
  }

  /// Items of several planes.
  @Test func smallPlanes() throws {
    var pool = PoolDescriptor()
    pool.input = ImageLayout(batch: 3, channels: 75, height: 7, width: 7, channelBlock: 8)
    pool.output = pool.input.with(border: (1, 1, 1, 1))
    pool.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    try check(pool, seed: 2)
  }

  @Test(arguments: 0..<40)
  func seededWindows(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    func pick(_ values: ClosedRange<Int>) -> Int { Int.random(in: values, using: &generator) }
    var pool = PoolDescriptor()
    pool.reduction = pick(0...1) == 0 ? .max : .average
    pool.countsPadding = pick(0...1) == 1
    let block = pick(0...1) == 0 ? 1 : 8
    pool.input = ImageLayout(
      batch: 1, channels: pick(1...9), height: pick(1...9), width: pick(1...9), channelBlock: block)
    pool.output = ImageLayout(
      batch: 1, channels: pool.input.channels, height: pick(1...5), width: pick(1...5),
      channelBlock: block)
    pool.window = SlidingWindow(
      kernel: (pick(1...4), pick(1...4)), stride: (pick(1...3), pick(1...3)),
      dilation: (pick(1...2), pick(1...2)), pad: (pick(0...2), pick(0...2)))
    pool.padBottom = pick(0...2)
    pool.padRight = pick(0...2)
    try check(pool, seed: UInt64(seed))
  }

  /// The maximum of anything and NaN is NaN, wherever in its window it lies; windows in the padding alone
  /// give −∞.
  @Test(arguments: [1, 8], 0..<6)
  func maximaWithNaN(block: Int, seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var pool = PoolDescriptor()
    pool.input = ImageLayout(batch: 1, channels: 9, height: 7, width: 8, channelBlock: block)
    pool.output = ImageLayout(batch: 1, channels: 9, height: 5, width: 5, channelBlock: block)
    pool.window = SlidingWindow(
      kernel: (2 + seed % 2, 2), stride: (2, 2), dilation: (1, 1 + seed / 3), pad: (3, 2))
    let values: [Float] = [.nan, -.nan, .infinity, -.infinity, -1, 0, 1, 2, 3, 4]
    let images = Images(batch: 1, channels: 9, height: 7, width: 8) { _, _, _, _ in
      values.randomElement(using: &generator) ?? 0
    }
    let window = pool.window
    let expected = Images(batch: 1, channels: 9, height: 5, width: 5) { n, c, y, x -> Float in
      var elements: [Float] = []
      for i in 0..<window.kernelHeight {
        for j in 0..<window.kernelWidth {
          let row = y * window.strideHeight - window.padTop + i * window.dilationHeight
          let column = x * window.strideWidth - window.padLeft + j * window.dilationWidth
          if let element = images.inside(n, c, row, column) { elements.append(element) }
        }
      }
      return elements.contains(where: \.isNaN) ? .nan : elements.max() ?? -.infinity
    }.placed(in: pool.output, filler: 0)
    #expect(expected.contains(where: \.isNaN) && expected.contains(-.infinity))
    try KernelHarness.runEverywhere(
      pool, reading: [GuardedBuffer(images.placed(in: pool.input, filler: 1000))]
    ) { output, table in
      let wrong = zip(output.floats, expected).first { !($0 == $1 || $0.isNaN && $1.isNaN) }
      #expect(wrong == nil, "\(table.instructionSet)")
    }
  }

  /// The whole plane as one window, with several items.
  @Test func global() throws {
    var pool = PoolDescriptor()
    pool.reduction = .average
    pool.input = ImageLayout(batch: 2, channels: 17, height: 14, width: 15, channelBlock: 8)
    pool.output = ImageLayout(batch: 2, channels: 17, height: 1, width: 1, channelBlock: 8)
    pool.window = SlidingWindow(kernel: (14, 15))
    try check(pool, seed: 3)
  }
}
