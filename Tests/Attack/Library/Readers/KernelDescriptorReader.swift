import CPUKernels
import ExecutionPlan
import KernelInterface
import Tensors

extension AttackedReader {
  /// Descriptors of kernels: a byte that picks the kernel, then the words. What is valid and small runs on
  /// every instruction set, between guards, on memory of exactly the stated sizes.
  static func kernelDescriptor() throws -> AttackedReader {
    let names = KernelTable.all[0].kernels.keys.sorted()
    let samples = try KernelSamples.calls().map { call in
      let index = UInt8(truncatingIfNeeded: names.firstIndex(of: call.kernel) ?? 0)
      return [index] + call.descriptor.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    }
    let pool = try ThreadPool(threadCount: 1)
    var reader = AttackedReader("kernel-descriptor", samples: samples) { input in
      guard let first = input.first else { return }
      let words = stride(from: 1, through: input.count - 8, by: 8).map { start in
        Int64(truncatingIfNeeded: input.littleEndian(start..<start + 8) ?? 0)
      }
      for table in KernelTable.all {
        guard let kernel = table.kernels[names[Int(first) % names.count]] else { continue }
        try run(kernel, words, pool, "\(table.instructionSet) \(kernel.name) \(words)")
      }
    }
    reader.mutators += Array(repeating: lieInWords, count: 3)
    return reader
  }

  private static let lieInWords: Mutator = { sample, generator in
    var bytes = sample
    for _ in 0..<Int.random(in: 1...4, using: &generator) where bytes.count > 8 {
      let start = 1 + 8 * Int.random(in: 0..<(bytes.count - 1) / 8, using: &generator)
      let old = bytes.littleEndian(start..<start + 8) ?? 0
      let number = Lies.number(insteadOf: Int64(truncatingIfNeeded: old), &generator)
      withUnsafeBytes(of: number.littleEndian) {
        bytes.replaceSubrange(start..<start + 8, with: $0)
      }
    }
    return bytes
  }

  private static func run(
    _ kernel: Kernel, _ words: [Int64], _ pool: ThreadPool, _ what: String
  ) throws {
    let requirements = try kernel.requirements(words)
    guard requirements.isSmall else { return }
    let operands = requirements.operands.map { GuardedMemory(byteCount: $0.byteCount) }
    for (operand, requirement) in zip(operands, requirements.operands)
    where requirement.access == .read { operand.fill(seed: 1) }
    let read = zip(operands, requirements.operands).filter { $1.access == .read }.map(\.0)
    let before = read.map { Array($0.bytes) }
    let workspace = GuardedMemory(byteCount: requirements.workspaceByteCount)
    // Even memory without bytes has an address.
    let phases = try kernel.bind(words, operands.compactMap(\.bytes.baseAddress))
    guard let address = workspace.bytes.baseAddress else { return }
    pool.run(phases, workspace: address, workspaceStrideByteCount: 0)
    for memory in operands + [workspace] { try memory.requireIntact(what) }
    guard before == read.map({ Array($0.bytes) }) else {
      throw AttackFault("\(what) wrote to an operand that it reads")
    }
  }
}

extension KernelRequirements {
  /// Runs within a fraction of a second.
  var isSmall: Bool {
    workspaceByteCount <= 1 << 22 && operands.allSatisfy { $0.byteCount <= 1 << 20 }
      && floatOperationCount <= 1 << 24
  }
}
