import Tensors

/// One phase of a step: independent work items, any of which may run on any thread in any order.
/// Phases of a step run one after the other. The result of an item depends on no other item of its
/// phase, and neither the split into items nor the order of sums depends on the number of threads.
package struct WorkPhase {
  package let itemCount: Int
  /// Runs one item. The second argument is the calling thread's workspace, 64-byte aligned, at
  /// least `KernelRequirements.workspaceByteCount` bytes. Allocates nothing.
  package let body: (_ item: Int, _ workspace: UnsafeMutableRawPointer) -> Void

  package init(
    itemCount: Int, body: @escaping (_ item: Int, _ workspace: UnsafeMutableRawPointer) -> Void
  ) {
    self.itemCount = itemCount
    self.body = body
  }
}

extension WorkPhase {
  /// Sets bytes to zero.
  fileprivate static func clearing(
    _ address: UnsafeMutableRawPointer, byteCount: Int
  ) -> WorkPhase {
    let itemByteCount = 1 << 20
    return WorkPhase(itemCount: ceilingQuotient(byteCount, itemByteCount)) { item, _ in
      let start = item * itemByteCount
      (address + start).initializeMemory(
        as: UInt8.self, repeating: 0, count: min(itemByteCount, byteCount - start))
    }
  }
}

/// A kernel as the runtime sees it, its descriptor's type erased.
package struct Kernel: Sendable {
  package let name: String
  /// Decodes and checks stored words.
  package let requirements: @Sendable ([Int64]) throws(TesseraError) -> KernelRequirements
  /// The phases of one call, none if its output is empty, on the given operands, each of which holds at least the bytes that
  /// `requirements` states and is 32-byte aligned.
  package let bind:
    @Sendable ([Int64], [UnsafeMutableRawPointer]) throws(TesseraError) -> [WorkPhase]
  /// The descriptor's fields for people.
  package let describe: @Sendable ([Int64]) throws(TesseraError) -> [(name: String, value: String)]

  package init<Descriptor: KernelDescriptor>(
    _ type: Descriptor.Type,
    bind: @escaping @Sendable (Descriptor, [UnsafeMutableRawPointer]) -> [WorkPhase]
  ) {
    name = Descriptor.kernelName
    requirements = { words throws(TesseraError) in
      let descriptor = try Descriptor(decoding: words)
      var requirements = try descriptor.requirements()
      if requirements.outputByteCount == 0 || !descriptor.hasResults {
        requirements.workspaceByteCount = 0
      }
      return requirements
    }
    self.bind = { words, operands throws(TesseraError) in
      let descriptor = try Descriptor(decoding: words)
      let requirements = try descriptor.requirements()
      try require(
        operands.count == requirements.operands.count,
        "\(Descriptor.kernelName) takes \(requirements.operands.count) operands, found \(operands.count)"
      )
      guard let output = requirements.outputIndex, requirements.outputByteCount > 0 else {
        return []
      }
      return descriptor.hasResults
        ? bind(descriptor, operands)
        : [.clearing(operands[output], byteCount: requirements.outputByteCount)]
    }
    describe = { words throws(TesseraError) in
      var descriptor = try Descriptor(decoding: words)
      var describer = FieldDescriber()
      try descriptor.visitFields(&describer)
      return describer.fields
    }
  }
}

/// The kernels of one instruction set.
package struct KernelTable: Sendable {
  /// `portable`, `avx2`.
  package let instructionSet: String
  /// Floats in a vector; the channel block of every blocked layout that these kernels take.
  package let laneCount: Int
  package let kernels: [String: Kernel]

  package init(instructionSet: String, laneCount: Int, kernels: [Kernel]) {
    self.instructionSet = instructionSet
    self.laneCount = laneCount
    self.kernels = Dictionary(kernels.map { ($0.name, $0) }) { first, _ in first }
  }
}
