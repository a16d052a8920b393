import CPUKernels
import ExecutionPlan
import GraphIR
import Lowering
import Passes
import Synchronization
import Tensors
import TesseraRuntime

/// A network that runs on inputs of any shape, compiling for a new one on the way: its weights are packed
/// once, in memory, and shared by all shapes.
///
/// ```swift
/// var options = CompileOptions()
/// options.isDense = true
/// let network = try ResizableNetwork(Network(path: "vgg-d.onnx"), options: options)
/// for (height, width) in [(256, 341), (384, 512)] {
///   let image = [Float](repeating: 0, count: 3 * height * width)
///   let maps = try network.run(["data": Tensor(image, shape: [1, 3, height, width])])
/// }
/// ```
///
/// A new shape is lowered, which takes milliseconds, and packs nothing. How each convolution is computed
/// was settled, by its weights, for the shapes of the options, or else the network's own; other shapes
/// may only schedule it otherwise. Constants that differ from shape to shape, such as filters whose
/// folding waits for the extents of a SAME padding, are packed for their shape and go with it.
///
/// The programs of the last `sizeCapacity` shapes are kept, and one arena and set of workspaces, as large
/// as the largest of them needs: memory does not grow with the number of shapes seen. Besides, the
/// network's constants stay as they were read, in the pages of their file where that is mapped.
///
/// One run at a time; calls from several threads or tasks wait for each other. The results are those of a
/// plan for the same shape whose weights were settled likewise, bit for bit.
public final class ResizableNetwork: @unchecked Sendable {
  /// The smallest images that dense evaluation takes: those of the network's own size, of 1×1 pixels if it has
  /// no fully connected layer; nil without dense evaluation.
  public let minimumImageSize: ImageSize?
  /// How many shapes are kept.
  public let sizeCapacity: Int
  /// Threads that a run uses, the calling one included.
  public let threadCount: Int

  private let compilation: Compilation
  private let weights: TensorStorage
  private let executor: Executor
  /// The kept shapes, the one that ran last at the end.
  private var programs: [Program] = []
  private let lock = Mutex(())
  private let thread = SerialThread()

  /// What runs inputs of one set of shapes.
  private struct Program {
    let shapes: [String: [Int]]
    let variant: PlanVariant
    /// What follows the shared weights for this program alone.
    let ownWeights: TensorStorage?
    /// Nil if the arena has moved.
    var bound: BoundVariant?
  }

  /// Packs the weights and compiles for `options.shapes`, or else for the shapes that the model fixes, an
  /// open batch of 1 and, with `isDense`, the network's own image size.
  ///
  /// - Parameters:
  ///   - options: as for a plan, but that there can be no limit of memory; `images` and `labels` have no
  ///     use.
  ///   - threads: of every run; nil takes `options.threads`, else what the process may use.
  ///   - sizeCapacity: how many shapes are kept, at least 1.
  /// - Throws: `TesseraError` as `Network.compile` does.
  public init(
    _ network: Network, options: CompileOptions = CompileOptions(), threads: Int? = nil,
    sizeCapacity: Int = 16
  ) throws(TesseraError) {
    guard sizeCapacity >= 1 else {
      throw TesseraError(
        .invalidUsage, "a network must keep at least 1 size, found a capacity of \(sizeCapacity)")
    }
    guard options.memoryLimitByteCount == nil else {
      throw TesseraError(
        .invalidUsage, "a limit of memory needs fixed shapes; a network of any size has none")
    }
    var options = options
    options.threads = threads ?? options.threads
    compilation = try Compilation(network.model, options)
    options.report("packing weights", options.tuning == nil ? 0.15 : 0.85)
    let pool = compilation.lowered.weights
    weights = try pool.packed(threadCount: compilation.threadCount)
    executor = try Executor(kernels: compilation.choice.kernels, threads: compilation.threadCount)
    threadCount = executor.threadCount
    self.sizeCapacity = sizeCapacity
    minimumImageSize = compilation.openGraph.nominalImage.map {
      $0.hasClassifier
        ? ImageSize(height: $0.height, width: $0.width) : ImageSize(height: 1, width: 1)
    }
    try keep(
      compilation.lowered.variants.suffix(sizeCapacity).map { variant in
        Program(shapes: variant.plan.inputShapes, variant: variant.plan, ownWeights: nil)
      })
    options.report("done", 1)
  }

  /// Runs the network on inputs of any shapes that fit it.
  ///
  /// - Parameter inputs: one tensor for each input of the network, by name.
  /// - Returns: one tensor for each output, by name.
  /// - Throws: `TesseraError` if an input is missing, unknown or of another type, if its shape does not
  ///   fit the network or its images are smaller than `minimumImageSize`, or if memory is refused.
  public func run(_ inputs: [String: Tensor]) throws(TesseraError) -> [String: Tensor] {
    try run(inputs, unless: nil)
  }

  /// As `run` without `await`, on a thread of the network's own; see the same function of `Session`. A shape
  /// that is being compiled for is compiled to its end.
  public func run(_ inputs: [String: Tensor]) async throws(TesseraError) -> [String: Tensor] {
    try await thread.perform { (cancellation) throws(TesseraError) in
      try self.run(inputs, unless: cancellation)
    }
  }

  private func run(
    _ inputs: [String: Tensor], unless cancellation: Cancellation?
  ) throws(TesseraError) -> [String: Tensor] {
    try requireInputs(
      compilation.openGraph.inputs.map { ($0.name, $0.type.elementType) }, in: inputs,
      of: "the network")
    return try lock.withLock { _ throws(TesseraError) in
      try executor.run(
        try boundProgram(for: inputs.mapValues(\.shape.dimensions)), inputs, unless: cancellation)
    }
  }

  /// Compiles for input shapes by name unless they are kept, as `run` would.
  ///
  /// - Throws: `TesseraError` as `run` does.
  public func prepare(_ shapes: [String: [Int]]) throws(TesseraError) {
    try lock.withLock { _ throws(TesseraError) in _ = try boundProgram(for: shapes) }
  }

  /// The input shapes by name that are kept, in the order in which they ran last.
  public var keptShapes: [[String: [Int]]] { lock.withLock { _ in programs.map(\.shapes) } }

  /// The program for the first shapes.
  package var firstVariant: PlanVariant { compilation.lowered.variants[0].plan }

  /// Whether an input takes any number of images.
  package func hasOpenBatch(_ input: String) -> Bool {
    let type = compilation.openGraph.inputs.first { $0.name == input }?.type
    return type?.dimensions?.first?.value == nil
  }

  /// Bytes of the packed weights, the arena and all workspaces.
  public var memoryByteCount: Int {
    lock.withLock { _ in packedByteCount + executor.memoryByteCount }
  }

  /// Bytes of the packed weights of all kept shapes.
  package var weightByteCount: Int { lock.withLock { _ in packedByteCount } }

  private var packedByteCount: Int {
    programs.reduce(weights.bytes.count) { $0 + ($1.ownWeights?.bytes.count ?? 0) }
  }

  private func boundProgram(for shapes: [String: [Int]]) throws(TesseraError) -> BoundVariant {
    if let index = programs.firstIndex(where: { $0.shapes == shapes }) {
      programs.append(programs.remove(at: index))
    } else {
      try keep(programs.suffix(sizeCapacity - 1) + [try makeProgram(for: shapes)])
    }
    let last = programs.count - 1
    if let bound = programs[last].bound { return bound }
    let regions = WeightRegions(
      shared: weights.bytes,
      own: programs[last].ownWeights?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
    let bound = try executor.bind(programs[last].variant, weights: regions)
    programs[last].bound = bound
    return bound
  }

  /// Lowers for new shapes. Weights that are not among the shared ones are packed for these alone.
  private func makeProgram(for shapes: [String: [Int]]) throws(TesseraError) -> Program {
    var openGraph = compilation.openGraph
    let graph = try openGraph.bound(to: shapes)
    let shared = compilation.lowered.weights
    let pool = WeightPool(extending: shared)
    let variant = try lower(
      graph, opsetVersion: openGraph.context.opsetVersion, options: compilation.choice,
      weights: pool
    ).plan
    let isShared = pool.blobs.count == shared.blobs.count
    return Program(
      shapes: shapes, variant: variant,
      ownWeights: isShared
        ? nil
        : try pool.packed(
          from: shared.blobs.count, at: shared.byteCount, threadCount: threadCount))
  }

  /// Replaces the kept programs. If memory is refused, nothing has changed.
  private func keep(_ programs: [Program]) throws(TesseraError) {
    let hasMoved = try executor.reserve(for: programs.map(\.variant))
    self.programs = programs
    guard hasMoved else { return }
    for index in programs.indices { self.programs[index].bound = nil }
  }
}

/// The size of an image.
public struct ImageSize: Sendable, Equatable {
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int

  /// A size in pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

extension PlanVariant {
  fileprivate var inputShapes: [String: [Int]] {
    Dictionary(inputs.map { ($0.name, $0.shape.dimensions) }) { first, _ in first }
  }
}
