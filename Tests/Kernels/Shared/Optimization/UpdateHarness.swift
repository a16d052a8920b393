import CPUKernels
import KernelInterface
import Testing

/// Runs kernels that change their first two operands in place.
enum UpdateHarness {
  private static let pools: [ThreadPool] = [1, 2, 3].compactMap {
    try? ThreadPool(threadCount: $0)
  }

  /// Passes the operands, and where that was, to `check` after a run on each instruction set with 1, 2 and 3
  /// threads. Nothing but the first two operands may change, and threads make no difference.
  static func run(
    _ descriptor: some KernelDescriptor, _ operands: [GuardedBuffer],
    check: ([GuardedBuffer], String) -> Void
  ) throws {
    let words = try descriptor.encoded()
    for table in KernelTable.all {
      let kernel = try #require(table.kernels[type(of: descriptor).kernelName])
      var first: [[UInt8]]?
      for pool in pools {
        let copies = operands.map { GuardedBuffer($0.floats) }
        let workspace = GuardedBuffer(byteCount: 0)
        pool.run(
          try kernel.bind(words, copies.map(\.base)), workspace: workspace.base,
          workspaceStrideByteCount: 0)
        let place = "\(table.instructionSet), \(pool.threadCount) threads"
        check(copies, place)
        let isIntact = copies.allSatisfy(\.guardsAreIntact)
        #expect(isIntact, "\(place)")
        let unread = copies.dropFirst(2).map(\.bytes) == operands.dropFirst(2).map(\.bytes)
        #expect(unread, "\(place)")
        let bytes = copies.prefix(2).map { Array($0.bytes) }
        if let first { #expect(first == bytes, "\(place)") }
        first = bytes
      }
    }
  }
}
