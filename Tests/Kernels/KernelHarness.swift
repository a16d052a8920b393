import CPUKernels
import KernelInterface
import Tensors
import Testing

/// Runs a kernel as the runtime does, between guards.
enum KernelHarness {
  private static let pools: [ThreadPool] = [1, 2, 3].compactMap {
    try? ThreadPool(threadCount: $0)
  }

  /// Runs on one instruction set with one pool; gives the bytes of the written operands.
  static func run(
    _ descriptor: some KernelDescriptor, reading inputs: [GuardedBuffer], table: KernelTable,
    pool: ThreadPool
  ) throws -> [GuardedBuffer] {
    let words = try descriptor.encoded()
    let kernel = try #require(table.kernels[type(of: descriptor).kernelName])
    let requirements = try kernel.requirements(words)
    var unread = inputs[...]
    var written: [GuardedBuffer] = []
    var operands: [GuardedBuffer] = []
    for requirement in requirements.operands {
      switch requirement.access {
      case .read:
        let next = unread.popFirst()
        let buffer = try #require(next)
        #expect(buffer.byteCount == requirement.byteCount, "\(requirement.name)")
        operands.append(buffer)
      case .write:
        operands.append(GuardedBuffer(byteCount: requirement.byteCount))
        written.append(operands[operands.count - 1])
      }
    }
    let stride = roundUp(requirements.workspaceByteCount, toMultipleOf: 64)
    let workspace = GuardedBuffer(byteCount: stride * pool.threadCount)
    let contents = inputs.map(\.bytes)
    let phases = try kernel.bind(words, operands.map(\.base))
    pool.run(phases, workspace: workspace.base, workspaceStrideByteCount: stride)
    for buffer in operands + [workspace] {
      #expect(buffer.guardsAreIntact, "\(kernel.name) wrote outside its operands")
    }
    #expect(contents == inputs.map(\.bytes), "\(kernel.name) wrote to an operand it reads")
    return written
  }

  /// Runs on every instruction set, with 1, 2 and 3 threads, which must give the same bits, and passes
  /// the first written operand of each instruction set to `check`.
  static func runEverywhere(
    _ descriptor: some KernelDescriptor, reading inputs: [GuardedBuffer],
    check: (GuardedBuffer, KernelTable) throws -> Void
  ) throws {
    for table in KernelTable.all {
      var first: GuardedBuffer?
      for pool in pools {
        let outputs = try run(descriptor, reading: inputs, table: table, pool: pool)
        let output = try #require(outputs.first)
        if let first {
          #expect(
            first.bytes == output.bytes,
            "\(table.instructionSet): other bits with \(pool.threadCount) threads")
        } else {
          first = output
        }
      }
      try check(try #require(first), table)
    }
  }

  /// Compares float results with a reference whose error bounds are known.
  static func expectClose(
    _ descriptor: some KernelDescriptor, reading inputs: [GuardedBuffer],
    _ expected: [BoundedValue]
  ) throws {
    try runEverywhere(descriptor, reading: inputs) { output, table in
      let results = output.floats
      try #require(results.count == expected.count)
      let wrong = results.indices.first { !expected[$0].admits(results[$0]) }
      if let wrong {
        Issue.record(
          """
          \(table.instructionSet): element \(wrong) is \(results[wrong]), expected \
          \(expected[wrong].value) ± \(expected[wrong].bound)
          """)
      }
    }
  }
}
