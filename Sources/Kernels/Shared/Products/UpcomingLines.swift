import CMachine
import KernelInterface

/// Memory that a kernel will read next, brought into the cache a few lines at a time while the kernel
/// computes with other memory.
struct UpcomingLines {
  private static let byteCount = 64

  private var next: UnsafeRawPointer
  private var remaining: Int
  private let countPerStep: Int

  /// - Parameter stepCount: calls of `step` after which everything has been asked for, at least 1.
  init(_ start: UnsafeRawPointer, byteCount: Int, stepCount: Int) {
    next = start
    remaining = ceilingQuotient(byteCount, Self.byteCount)
    countPerStep = ceilingQuotient(remaining, stepCount)
  }

  @inline(__always)
  mutating func step() {
    let count: Int = min(countPerStep, remaining)
    for line in 0..<count { tessera_prefetch(next + line &* Self.byteCount) }
    next += count &* Self.byteCount
    remaining &-= count
  }
}
