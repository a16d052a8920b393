/// How long a buffer must keep its bytes, in indices of steps, both ends included.
///
/// Graph inputs are written before step 0 and therefore live from step 0; graph outputs live to the
/// last step.
package struct BufferLifetime: Sendable, Equatable {
  package var byteCount: Int
  package var firstStep: Int
  package var lastStep: Int

  package init(byteCount: Int, firstStep: Int, lastStep: Int) {
    self.byteCount = byteCount
    self.firstStep = firstStep
    self.lastStep = lastStep
  }

  /// True if both are live at some step.
  package func overlaps(_ other: BufferLifetime) -> Bool {
    firstStep <= other.lastStep && other.firstStep <= lastStep
  }
}

/// The largest sum of live bytes at any step, each buffer rounded up to `alignment`.
package func arenaLowerBound(_ buffers: [BufferLifetime], alignment: Int) -> Int {
  var largest = 0
  for step in Set(buffers.map(\.firstStep)) {
    let live = buffers.filter { $0.firstStep <= step && step <= $0.lastStep }
    largest = max(largest, live.reduce(0) { $0 + aligned($1.byteCount, to: alignment) })
  }
  return largest
}

/// `byteCount` rounded up to a multiple of `alignment`.
package func aligned(_ byteCount: Int, to alignment: Int) -> Int {
  (byteCount + alignment - 1) / alignment * alignment
}
