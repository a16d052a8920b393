import CPUKernels
import ExecutionPlan
import Synchronization
import Tensors

/// Runs a plan: owns an arena, per-thread workspaces and a thread pool.
///
/// A session does one run at a time; calls from several threads or tasks wait for each other. For
/// concurrent runs make several sessions of one plan: they share its weights. The results are the
/// same bits for any number of threads and in every run.
///
/// Memory is that of the variants that were prepared or run, of the largest of them. The only variant of a
/// plan is prepared at once; of several each before its first run, which then allocates, or by `prepare`.
public final class Session: @unchecked Sendable {
  /// The plan that this session runs.
  public let plan: Plan
  /// Threads that a run uses, the calling one included.
  public let threadCount: Int

  private let executor: Executor
  /// Nil what is not prepared. Touched with `lock` held.
  private var variants: [BoundVariant?]
  private let lock = Mutex(())
  let thread = SerialThread()

  /// Makes a session. Reads no weight.
  ///
  /// - Parameter threads: how many threads to use; nil takes `TESSERA_NUM_THREADS`, else
  ///   `OMP_NUM_THREADS`, else what the process may use by its cgroup and affinity.
  /// - Throws: `TesseraError` if the number of threads is not positive, if memory is refused, or if the plan's
  ///   file was changed since it was opened.
  public init(plan: Plan, threads: Int? = nil) throws(TesseraError) {
    try plan.image.requireUnchangedFile()
    executor = try Executor(kernels: plan.kernels, threads: threads)
    threadCount = executor.threadCount
    variants = plan.image.contents.variants.map { _ in nil }
    self.plan = plan
    if variants.count == 1 { try prepare(variants: [0]) }
  }

  /// Bytes of memory that this session owns: the arena and all workspaces.
  public var memoryByteCount: Int { lock.withLock { _ in executor.memoryByteCount } }

  /// Makes variants ready to run, so that even their first runs allocate nothing.
  ///
  /// - Parameter indices: into `plan.variants`.
  /// - Throws: `TesseraError` if there is no such variant, or if memory is refused; then the session is as it
  ///   was.
  public func prepare(variants indices: [Int]) throws(TesseraError) {
    for index in indices { try requireVariant(index) }
    try lock.withLock { (_) throws(TesseraError) in try bind(indices) }
  }

  private func requireVariant(_ index: Int) throws(TesseraError) {
    let count = plan.image.contents.variants.count
    guard index >= 0, index < count else {
      throw TesseraError(
        .invalidUsage, "the plan has \(count) variants, there is no variant \(index)")
    }
  }

  /// Grows the memory to what these variants need too and binds them; with `lock` held.
  private func bind(_ indices: [Int]) throws(TesseraError) {
    let contents = plan.image.contents.variants
    var missing = indices.filter { variants[$0] == nil }
    if try executor.reserve(for: missing.map { contents[$0] }, keepingMore: true) {
      missing += variants.indices.filter { variants[$0] != nil }
      for index in missing { variants[index] = nil }
    }
    let weights = WeightRegions(shared: plan.image.weights)
    for index in missing {
      variants[index] = try executor.bind(contents[index], weights: weights)
    }
  }

  /// The variant, prepared; with `lock` held.
  private func bound(_ index: Int) throws(TesseraError) -> BoundVariant {
    if variants[index] == nil { try bind([index]) }
    guard let variant = variants[index] else {
      throw TesseraError(.invalidUsage, "variant \(index) is not prepared")
    }
    return variant
  }

  /// Runs the variant that fits the inputs' shapes.
  ///
  /// - Parameter inputs: one tensor for each input of the plan, by name.
  /// - Returns: one tensor for each output, by name.
  /// - Throws: `TesseraError` if an input is missing, unknown or of another type, if the plan holds no
  ///   variant for these shapes, or if memory for the variant or the outputs is refused.
  public func run(_ inputs: [String: Tensor]) throws(TesseraError) -> [String: Tensor] {
    try run(inputs, unless: nil)
  }

  /// As `run`, as long as `cancellation` is not requested.
  func run(
    _ inputs: [String: Tensor], unless cancellation: Cancellation?
  ) throws(TesseraError) -> [String: Tensor] {
    let index = try plan.variantIndex(for: inputs)
    return try lock.withLock { _ throws(TesseraError) in
      try executor.run(bound(index), inputs, unless: cancellation)
    }
  }

  /// Runs a variant from and into the caller's memory. Allocates nothing once the variant is prepared.
  ///
  /// - Parameters:
  ///   - variant: an index into `plan.variants`.
  ///   - inputs: the dense elements of each input, in the order of the variant's inputs.
  ///   - outputs: where the dense elements of each output go, in the order of its outputs.
  /// - Throws: `TesseraError` if a count or a size in bytes differs from the variant's, or if memory for the
  ///   variant is refused.
  public func run(
    variant index: Int = 0, inputs: [UnsafeRawBufferPointer],
    into outputs: [UnsafeMutableRawBufferPointer]
  ) throws(TesseraError) {
    try run(variant: index, inputs, outputs.count, { outputs[$0] }) { executor.execute($0.phases) }
  }

  /// As `run(variant:inputs:into:)`, without the outputs that are nil.
  package func run(
    variant index: Int, inputs: [UnsafeRawBufferPointer],
    intoWanted outputs: [UnsafeMutableRawBufferPointer?]
  ) throws(TesseraError) {
    try run(variant: index, inputs, outputs.count, { outputs[$0] }) { executor.execute($0.phases) }
  }

  /// As `run(variant:inputs:into:)`, with a look at the clock between the steps. Allocates.
  ///
  /// - Returns: the seconds of each step of the variant, in their order. Copying the inputs and outputs
  ///   is not among them.
  package func stepSeconds(
    variant index: Int = 0, inputs: [UnsafeRawBufferPointer],
    into outputs: [UnsafeMutableRawBufferPointer]
  ) throws(TesseraError) -> [Double] {
    var seconds: [Double] = []
    try run(variant: index, inputs, outputs.count, { outputs[$0] }) { bound in
      seconds = executor.stepSeconds(of: bound)
    }
    return seconds
  }

  private func run(
    variant index: Int, _ inputs: [UnsafeRawBufferPointer], _ outputCount: Int,
    _ output: (Int) -> UnsafeMutableRawBufferPointer?, by execute: (BoundVariant) -> Void
  ) throws(TesseraError) {
    try requireVariant(index)
    let variant = plan.image.contents.variants[index]
    guard inputs.count == variant.inputs.count, outputCount == variant.outputs.count else {
      throw TesseraError(
        .invalidUsage,
        "expected \(variant.inputs.count) inputs and \(variant.outputs.count) outputs, found \(inputs.count) and \(outputCount)"
      )
    }
    for (tensor, bytes) in zip(variant.inputs, inputs) where tensor.byteCount != bytes.count {
      throw sizeMismatch(tensor, found: bytes.count)
    }
    for (position, tensor) in variant.outputs.enumerated() {
      guard let bytes = output(position), tensor.byteCount != bytes.count else { continue }
      throw sizeMismatch(tensor, found: bytes.count)
    }
    try lock.withLock { (_) throws(TesseraError) in
      executor.run(try bound(index), inputs, into: output, by: execute)
    }
  }

  private func sizeMismatch(_ tensor: PlanTensor, found: Int) -> TesseraError {
    TesseraError(
      .invalidUsage, "expected \(tensor.byteCount) bytes, found \(found)", at: .value(tensor.name))
  }
}
