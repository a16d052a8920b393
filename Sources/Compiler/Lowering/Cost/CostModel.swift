import KernelInterface

/// How long one thread takes for what kernels do, for estimates of times: fits to one machine an
/// instruction set. The compiler's choices depend on the ratios alone.
///
/// All constants of the estimates are here. `Docs/kernels.md` tells from which lines of
/// `swift run -c release KernelBenchmark --threads 1` each of them is read, and how to see what the choices
/// cost. A vector is `kernelLaneCount` floats.
package struct CostModel: Sendable, Equatable {
  /// Seconds for a multiply-add of a vector in the inner loop of a product, its operands in the L1
  /// cache: 8 multiply-adds over the rate that the direct convolution of conv3_2 performs.
  package var multiplyAddSeconds = 0.18e-9
  /// Bytes a second that come from memory in order. From fc6 at batch 1.
  package var memoryBytesPerSecond = 16e9
  /// The same for the weights of a convolution, which come while it computes, where other threads read
  /// theirs. From conv5_1, phased, F(6×6), with all threads: bytes over time, a thread.
  package var weightBytesPerSecond = 28e9

  /// Seconds for a vector of transformed inputs or of products of a Winograd convolution, made from
  /// inputs or turned into results. From conv1_2, fused: what its time exceeds that of its products by.
  package var transformSeconds = 4e-9
  /// Seconds for a vector (32 bytes) of weights that is read again from the shared cache. From conv2_2, fused, over
  /// `--blocks`.
  package var sharedCacheSeconds = 0.09e-9
  /// Seconds for a vector of weights to be widened to float32, once for each block. From conv3_2, fused,
  /// over `--blocks` with and without `--weights float16`.
  package var widenSeconds = 0.3e-9
  /// Seconds for a vector of transformed inputs or products that lies outside the L2 cache because the
  /// schedule is in phases. From conv2_2, fused against phased.
  package var spillSeconds = 3e-9

  /// Bytes of weights of a layer that stay in the shared cache from one block of tiles to the next. From
  /// conv3_2, fused, over `--tiles` and `--blocks`.
  package var sharedCacheByteCount = 8 << 20
  /// Threads among which the items of a convolution should divide well.
  package var threadCount = 4

  /// With the constants of an AMD Zen 3 with AVX2.
  package init() {}

  /// With the constants for the instruction set of a table.
  package init(for kernels: KernelTable) {
    self = kernels.instructionSet == "avx512" ? .avx512 : CostModel()
  }

  /// Of an AMD Zen 5 with AVX-512.
  private static let avx512: CostModel = {
    var model = CostModel()
    model.multiplyAddSeconds = 0.0756e-9
    model.memoryBytesPerSecond = 45e9
    model.weightBytesPerSecond = 45e9
    model.transformSeconds = 1.8e-9
    model.sharedCacheSeconds = 0.37e-9
    model.spillSeconds = 0.83e-9
    model.sharedCacheByteCount = 16 << 20
    model.threadCount = 2
    return model
  }()
}
