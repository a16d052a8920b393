/// How long one thread takes for what kernels do, for estimates of times: a fit to one machine, an
/// AMD Zen 3 with AVX2. The compiler's choices depend on the ratios alone.
///
/// All constants of the estimates are here. `swift run -c release KernelBenchmark --threads 1` measures
/// them; `Docs/kernels.md` tells which of its lines each of them is read from. A vector is
/// `kernelLaneCount` floats.
package struct CostModel: Sendable, Equatable {
  /// Seconds for a multiply-add of a vector in the inner loop of a product, its operands in the L1
  /// cache: 8 multiply-adds over the rate that the direct convolution of conv3_2 performs.
  package var multiplyAddSeconds = 0.18e-9
  /// Bytes a second that come from memory in order: weights at their first use, since the other layers
  /// have replaced them in the caches. From conv5_1, phased, whose time the weights decide.
  package var memoryBytesPerSecond = 22e9

  /// Seconds for a vector of transformed inputs or of products of a Winograd convolution, made from
  /// inputs or turned into results. From the share of the transforms in a profile of conv1_2.
  package var transformSeconds = 2.2e-9
  /// Seconds for a vector of weights that is read again from the shared cache. From conv3_2, fused.
  package var sharedCacheSeconds = 0.18e-9
  /// Seconds for a vector of transformed inputs or products that lies outside the L2 cache because the
  /// schedule is in phases. From conv2_1, fused against phased.
  package var spillSeconds = 0.72e-9
  /// Seconds for a vector of transformed inputs outside the L2 cache that is read on behalf of one
  /// panel of output channels. From conv3_2, fused, over `--blocks`.
  package var rereadSeconds = 0.09e-9

  /// Bytes of weights of a layer that stay in the shared cache from one block of tiles to the next.
  package var sharedCacheByteCount = 16 << 20
  /// Bytes of transformed inputs of a block that stay in the L2 cache beside what else is used.
  package var privateCacheByteCount = 384 << 10

  /// With the constants of the machine that they were fitted to.
  package init() {}
}
