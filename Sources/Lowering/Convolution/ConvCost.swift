import KernelInterface

/// Estimated times of the ways to compute a convolution, in the time that one thread takes for a
/// multiply-add of a vector in the direct convolution (about 0.18 ns on the CPU of `Docs/kernels.md`).
///
/// The constants are fits to `KernelBenchmark` on the layers of VGG-16; `Docs/kernels.md` tells how to
/// measure them again.
enum ConvCost {
  /// A vector of transformed inputs or of products, made from inputs or turned into results.
  private static let transformCost = 12.0
  /// A vector of weights that is read again from the shared cache, or that comes from memory, as it
  /// does at its first use, since the other layers have replaced it.
  private static let cachedWeightsCost = 1.0
  private static let streamedWeightsCost = 8.0
  /// A vector of transformed inputs or products that lies outside the L2 cache, each time it is used.
  private static let spilledCost = 4.0
  /// The same for transformed inputs that are read on behalf of a panel of output channels.
  private static let rereadCost = 0.5
  /// Weights of one layer that stay in the shared cache from one block of tiles to the next.
  private static let sharedCacheByteCount = 16.0 * 1024 * 1024
  /// Transformed inputs of a block that stay in the L2 cache.
  private static let privateCacheByteCount = 384.0 * 1024

  private static let blockSizes = [12, 18, 24, 36]

  static func direct(_ conv: ConvSizes) -> Double {
    let pixels = Double(conv.batch) * Double(conv.height) * Double(conv.width)
    return pixels * 9 * paddedChannels(conv.inChannels) * vectors(conv.outChannels)
  }

  /// The cheapest of the schedules with these tiles; of equal ones, the first.
  static func best(_ conv: ConvSizes, tiles: [WinogradTile]) -> (
    schedule: WinogradSchedule, cost: Double
  ) {
    var best = (
      schedule: WinogradSchedule(tile: .two, schedule: .phased, tilesPerBlock: blockSizes[0]),
      cost: Double.infinity
    )
    for tile in tiles {
      for schedule in ConvWinogradDescriptor.Schedule.allCases {
        for size in schedule == .fused ? blockSizes : [blockSizes[0]] {
          let candidate = WinogradSchedule(tile: tile, schedule: schedule, tilesPerBlock: size)
          let cost = cost(conv, candidate)
          if cost < best.cost { best = (candidate, cost) }
        }
      }
    }
    return best
  }

  static func cost(_ conv: ConvSizes, _ choice: WinogradSchedule) -> Double {
    let extent = choice.tile.outputExtent
    let tiles =
      Double(conv.batch) * Double(ceilingQuotient(conv.height, extent))
      * Double(ceilingQuotient(conv.width, extent))
    let points = Double(choice.tile.pointCount)
    let inVectors = vectors(conv.inChannels)
    let outVectors = vectors(conv.outChannels)
    let weights = points * paddedChannels(conv.inChannels) * outVectors
    let rereadWeightsCost =
      weights * 32 > sharedCacheByteCount ? streamedWeightsCost : cachedWeightsCost

    let products = tiles * weights
    let transforms = tiles * points * (inVectors + outVectors) * transformCost
    switch choice.schedule {
    case .phased:
      let spilled = tiles * points * (inVectors + outVectors) * spilledCost
      return products + transforms + spilled + weights * streamedWeightsCost
    case .fused:
      let blocks = (tiles / Double(choice.tilesPerBlock)).rounded(.up)
      let isSpilled = tiles / blocks * points * inVectors * 32 > privateCacheByteCount
      let rereads = isSpilled ? tiles * points * inVectors * outVectors / 2 * rereadCost : 0
      let weightReads = streamedWeightsCost + (blocks - 1) * rereadWeightsCost
      return products + transforms + rereads + weights * weightReads
    }
  }

  private static func vectors(_ channels: Int) -> Double {
    Double(ceilingQuotient(channels, kernelLaneCount))
  }

  private static func paddedChannels(_ channels: Int) -> Double {
    vectors(channels) * Double(kernelLaneCount)
  }
}
