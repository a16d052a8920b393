import CMachine
import KernelInterface

/// Memory that a kernel will read next, in one stream or two, brought into the cache a few lines at a time
/// while the kernel computes with other memory.
struct UpcomingLines {
  private static let byteCount = 64

  private var next: UnsafeRawPointer
  private var remaining: Int
  private let countPerStep: Int
  private let streamStride: Int

  /// - Parameters:
  ///   - byteCount: of each stream.
  ///   - stepCount: calls of `step` after which everything has been asked for, at least 1.
  ///   - streamStride: bytes from the one stream to the other; 0 if there is only one.
  init(_ start: UnsafeRawPointer, byteCount: Int, stepCount: Int, streamStride: Int = 0) {
    next = start
    remaining = ceilingQuotient(byteCount, Self.byteCount)
    countPerStep = ceilingQuotient(remaining, stepCount)
    self.streamStride = streamStride
  }

  /// Nothing.
  static func none(_ place: UnsafeRawPointer) -> Self { Self(place, byteCount: 0, stepCount: 1) }

  @inline(__always)
  mutating func step() {
    let count: Int = min(countPerStep, remaining)
    for line in 0..<count {
      tessera_prefetch(next + line &* Self.byteCount)
      if streamStride != 0 { tessera_prefetch(next + (line &* Self.byteCount &+ streamStride)) }
    }
    next += count &* Self.byteCount
    remaining &-= count
  }
}
