import Tensors

/// A kernel and the encoded descriptor of one call: all that the time of a step depends on but the
/// machine.
package struct KernelCall: Sendable, Hashable {
  /// As in `conv-direct`.
  package var kernel: String
  package var descriptor: [Int64]

  package init(kernel: String, descriptor: [Int64]) {
    self.kernel = kernel
    self.descriptor = descriptor
  }

  /// - Throws: `TesseraError` if a field of the descriptor is out of its range.
  package init<Descriptor: KernelDescriptor>(_ descriptor: Descriptor) throws(TesseraError) {
    self.init(kernel: Descriptor.kernelName, descriptor: try descriptor.encoded())
  }
}

extension KernelTable {
  /// What a call touches and needs.
  ///
  /// - Throws: `TesseraError` if there is no such kernel or the descriptor is not valid.
  package func requirements(of call: KernelCall) throws(TesseraError) -> KernelRequirements {
    guard let kernel = kernels[call.kernel] else {
      throw TesseraError(.invalidInput, "there is no kernel '\(call.kernel)'")
    }
    return try kernel.requirements(call.descriptor)
  }

  /// Bytes from one thread's workspace to the next, such that each of the calls has enough.
  package func workspaceStrideByteCount(
    for calls: some Sequence<KernelCall>
  ) throws(TesseraError) -> Int {
    var largest = 0
    for call in calls { largest = max(largest, try requirements(of: call).workspaceByteCount) }
    return roundUp(largest, toMultipleOf: workspaceAlignment)
  }
}

/// Alignment in bytes of each thread's workspace.
private let workspaceAlignment = 64
