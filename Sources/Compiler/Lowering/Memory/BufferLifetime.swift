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

/// Bytes that are live at each step, each buffer rounded up to `alignment`.
struct LiveBytes {
  private let byteCounts: [Int]

  init(_ buffers: [BufferLifetime], alignment: Int) {
    let stepCount = (buffers.lazy.map(\.lastStep).max() ?? -1) + 1
    var changes = Array(repeating: 0, count: stepCount + 1)
    for buffer in buffers {
      let byteCount = aligned(buffer.byteCount, to: alignment)
      changes[buffer.firstStep] += byteCount
      changes[buffer.lastStep + 1] -= byteCount
    }
    for step in changes.indices.dropFirst() { changes[step] += changes[step - 1] }
    byteCounts = changes
  }

  subscript(step: Int) -> Int { byteCounts[step] }

  var largest: Int { byteCounts.max() ?? 0 }
}

/// The largest sum of live bytes at any step, each buffer rounded up to `alignment`.
package func arenaLowerBound(_ buffers: [BufferLifetime], alignment: Int) -> Int {
  LiveBytes(buffers, alignment: alignment).largest
}

/// `byteCount` rounded up to a multiple of `alignment`.
package func aligned(_ byteCount: Int, to alignment: Int) -> Int {
  (byteCount + alignment - 1) / alignment * alignment
}
