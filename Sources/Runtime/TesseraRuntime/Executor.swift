import CPUKernels
import ExecutionPlan
import KernelInterface
import Tensors

/// The memory and the threads in which bound variants run: an arena, per-thread workspaces and a thread
/// pool. One run at a time; its owner sees to that.
package final class Executor {
  /// Threads that a run uses, the calling one included.
  package let threadCount: Int
  private let kernels: KernelTable
  private let pool: ThreadPool
  private var arena: Arena
  private var workspace: Arena
  private var workspaceStrideByteCount = 0

  /// Without memory yet.
  ///
  /// - Parameter threads: nil takes what the process may use.
  /// - Throws: `TesseraError` if the number of threads is not positive.
  package init(kernels: KernelTable, threads: Int?) throws(TesseraError) {
    self.kernels = kernels
    threadCount = if let threads { threads } else { try ThreadCount.preferred() }
    pool = try ThreadPool(threadCount: threadCount)
    arena = try Arena(byteCount: 0)
    workspace = try Arena(byteCount: 0)
  }

  /// Bytes of the arena and all workspaces.
  package var memoryByteCount: Int { arena.bytes.count + workspace.bytes.count }

  /// Makes the arena and the workspaces exactly as large as the largest of `variants` needs.
  ///
  /// - Parameter keepingMore: does not make them smaller.
  /// - Returns: true if memory has moved, so that what was bound before must be bound again.
  /// - Throws: `TesseraError` if memory is refused; then nothing has changed.
  package func reserve(
    for variants: [PlanVariant], keepingMore: Bool = false
  ) throws(TesseraError) -> Bool {
    let needed = variants.map(\.arenaByteCount).max() ?? 0
    let arenaByteCount = keepingMore ? max(needed, arena.bytes.count) : needed
    let neededStride = try kernels.workspaceStrideByteCount(
      for: variants.lazy.flatMap(\.steps).map {
        KernelCall(kernel: $0.kernel, descriptor: $0.descriptor)
      })
    let stride = keepingMore ? max(neededStride, workspaceStrideByteCount) : neededStride
    let (workspaceByteCount, overflow) = stride.multipliedReportingOverflow(by: threadCount)
    guard !overflow else {
      throw TesseraError(.invalidInput, "the workspace of \(stride) bytes is too large")
    }
    let newArena =
      arenaByteCount == arena.bytes.count ? arena : try Arena(byteCount: arenaByteCount)
    // Workspaces are not bound.
    if workspaceByteCount != workspace.bytes.count {
      workspace = try Arena(byteCount: workspaceByteCount)
    }
    workspaceStrideByteCount = stride
    defer { arena = newArena }
    return newArena !== arena
  }

  /// Lets the steps of a variant know the addresses of their operands.
  ///
  /// - Parameter training: for variants of training only; must live as long as the result.
  package func bind(
    _ variant: PlanVariant, weights: WeightRegions, training: TrainingRegions? = nil
  ) throws(TesseraError) -> BoundVariant {
    try BoundVariant(
      variant, arena: arena, weights: weights, training: training, kernels: kernels)
  }

  /// Runs one kernel on memory of the caller's, at least as much as it requires and 64-byte aligned.
  ///
  /// - Throws: `TesseraError` if there is no such kernel, or if the descriptor is not valid.
  package func run(
    _ call: KernelCall, _ operands: [UnsafeMutableRawPointer]
  ) throws(TesseraError) {
    guard let kernel = kernels.kernels[call.kernel] else {
      throw TesseraError(.invalidInput, "there is no kernel '\(call.kernel)'")
    }
    execute(try kernel.bind(call.descriptor, operands))
  }

  /// Runs a variant on tensors by name, which must be those that it takes.
  ///
  /// - Parameter cancellation: once it is requested, no further step is begun.
  /// - Throws: `TesseraError` if memory for the outputs is refused, or if the run is cancelled.
  package func run(
    _ bound: BoundVariant, _ inputs: [String: Tensor], unless cancellation: Cancellation? = nil
  ) throws(TesseraError) -> [String: Tensor] {
    for input in bound.variant.inputs {
      let destination = arena.slice(at: input.byteOffset, byteCount: input.byteCount)
      inputs[input.name]?.withUnsafeBytes { destination.copyMemory(from: $0) }
    }
    guard execute(bound.phases, unless: cancellation) else { throw .cancelledRun }
    var outputs: [String: Tensor] = [:]
    for output in bound.variant.outputs {
      let source = arena.slice(at: output.byteOffset, byteCount: output.byteCount)
      outputs[output.name] = try Tensor(elementType: output.elementType, shape: output.shape) {
        $0.copyMemory(from: UnsafeRawBufferPointer(source))
      }
    }
    return outputs
  }

  /// Runs a variant by way of `execute` from and into memory whose sizes are those that it takes and
  /// gives, without outputs that are nil. Allocates nothing.
  func run(
    _ bound: BoundVariant, _ inputs: [UnsafeRawBufferPointer],
    into output: (Int) -> UnsafeMutableRawBufferPointer?, by execute: (BoundVariant) -> Void
  ) {
    for (tensor, bytes) in zip(bound.variant.inputs, inputs) {
      arena.slice(at: tensor.byteOffset, byteCount: tensor.byteCount).copyMemory(from: bytes)
    }
    execute(bound)
    for (position, tensor) in bound.variant.outputs.enumerated() {
      guard let bytes = output(position) else { continue }
      let source = arena.slice(at: tensor.byteOffset, byteCount: tensor.byteCount)
      bytes.copyMemory(from: UnsafeRawBufferPointer(source))
    }
  }

  /// Runs a variant with a look at the clock between the steps. Allocates.
  ///
  /// - Returns: the seconds of each step of the variant, in their order.
  package func stepSeconds(of bound: BoundVariant) -> [Double] {
    let steps = bound.phaseRanges.map { Array(bound.phases[$0]) }
    var seconds: [Double] = []
    seconds.reserveCapacity(steps.count)
    let clock = ContinuousClock()
    var start = clock.now
    for phases in steps {
      execute(phases)
      let end = clock.now
      seconds.append((end - start) / .seconds(1))
      start = end
    }
    return seconds
  }

  /// Runs phases one after the other, on all threads.
  ///
  /// - Returns: false if the run was cancelled before its end.
  @discardableResult
  func execute(_ phases: [WorkPhase], unless cancellation: Cancellation? = nil) -> Bool {
    guard let workspaces = workspace.bytes.baseAddress else { return true }
    return pool.run(
      phases, workspace: workspaces, workspaceStrideByteCount: workspaceStrideByteCount,
      unless: cancellation)
  }
}
