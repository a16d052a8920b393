import CMachine
import CPUKernels
import KernelInterface
import Tensors
import TesseraRuntime

/// The peaks of this machine, measured: what no kernel exceeds.
struct Peaks {
  struct Measurement {
    let threadCount: Int
    /// Multiply-adds of float32 on registers, two operations each, in 1e9 a second.
    let gigaflops: Double
    /// Bytes read from memory, in 1e9 a second; nil if there was too little memory to read.
    let gigabytes: Double?
  }

  /// On one thread and on `threadCount`; those are missing that the system refused threads.
  let measurements: [Measurement]
  /// The part of the memory that was read that lay in huge pages; nil if the system does not tell.
  let hugePageShare: Double?

  /// Two peaks are measured for so long, on one thread and on several.
  private static let seconds = 0.45
  /// More than caches hold, for each thread and for all.
  private static let partByteCounts = 1 << 24...1 << 28
  private static let maximumByteCount = 1 << 32
  private static let vectorByteCounts = ["avx512": 64, "avx2": 32]

  init(threadCount: Int) {
    let kernels = (try? KernelTable.forThisMachine()) ?? KernelTable.all.first
    let part = Self.partByteCount(threadCount: threadCount)
    let arena = part.flatMap { try? Arena(byteCount: $0 * threadCount) }
    measurements = Set([1, threadCount]).sorted().compactMap { count in
      var peaks = tessera_peaks()
      let isMeasured = tessera_measure_peaks(
        Int32(count), Self.seconds,
        Int32(kernels.flatMap { Self.vectorByteCounts[$0.instructionSet] } ?? 16),
        arena?.bytes.baseAddress, part ?? 0, &peaks)
      guard isMeasured else { return nil }
      return Measurement(
        threadCount: count, gigaflops: peaks.gflops, gigabytes: arena.map { _ in peaks.gbytes })
    }
    hugePageShare = arena.flatMap { arena in
      SystemFile.byteCount("AnonHugePages", in: "/proc/self/smaps_rollup").map {
        min(1, Double($0) / Double(arena.bytes.count))
      }
    }
  }

  /// The bytes that each thread reads, which together leave most of the memory alone; nil if they are too few
  /// to tell anything.
  private static func partByteCount(threadCount: Int) -> Int? {
    let available = SystemFile.byteCount("MemAvailable", in: "/proc/meminfo") ?? maximumByteCount
    let byteCount = min(available, ProcessMemory.limitByteCount, 4 * maximumByteCount) / 4
    let part = min(byteCount / threadCount, partByteCounts.upperBound) & ~4095
    return part < partByteCounts.lowerBound ? nil : part
  }
}

extension Finding {
  static func multiplyAdds(_ peaks: Peaks) -> Finding {
    Finding(
      title: "multiply-adds",
      text: text(peaks) { "\(Figures.fixed($0.gigaflops, digits: 0)) GFLOP/s" },
      members: [
        (
          "peaks",
          .array(
            peaks.measurements.map { peak in
              .object([
                "threads": .integer(peak.threadCount), "gflops": .double(peak.gigaflops),
                "gbytes": .optional(peak.gigabytes),
              ])
            })
        )
      ])
  }

  static func reads(_ peaks: Peaks) -> Finding {
    Finding(
      title: "memory reads",
      text: text(peaks) { peak in
        peak.gigabytes.map { "\(Figures.fixed($0, digits: 1)) GB/s" }
      },
      members: [])
  }

  private static func text(
    _ peaks: Peaks, _ figure: (Peaks.Measurement) -> String?
  ) -> String? {
    let texts = peaks.measurements.compactMap { peak in
      figure(peak).map { "\($0) on \(peak.threadCount) thread\(peak.threadCount == 1 ? "" : "s")" }
    }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }
}
