import ExecutionPlan
import Lowering
import TesseraRuntime

/// What a compilation made.
public struct CompileReport: Sendable {
  /// Bytes of the plan file.
  public let fileByteCount: Int
  /// Bytes of the packed weights.
  public let weightByteCount: Int
  /// One for each variant, in the order of the requested shapes.
  public let variants: [Variant]
  /// What the plan takes in memory.
  public let memory: Memory
  /// The same without the limit that was asked for; nil if none was.
  public let unlimitedMemory: Memory?
  /// What was measured; nil if the compiler chose by estimates.
  public let tuning: Tuning?
  /// How far the plan may be from exact arithmetic with float32 weights; nil if no convolution could be
  /// computed in several ways of different errors.
  public let measuredError: MeasuredError?
  /// Layers whose weights are stored in 24 bits by default; nil if there are none.
  public let narrowedWeights: NarrowedWeights?
  /// How far the weights' precision moves each output of the first variant, as measured on a seeded
  /// input; empty with float32 weights and by default.
  public let weightErrors: [OutputError]
  /// What is odd about the model without being wrong.
  public let warnings: [Diagnostic]
  /// What the compiler wants the user to know.
  public let notes: [String]

  /// Figures of one variant.
  public struct Variant: Sendable {
    /// What it takes and gives.
    public let signature: PlanSignature
    /// Kernel calls in one run.
    public let stepCount: Int
    /// Bytes of the arena.
    public let arenaByteCount: Int
    /// Bytes that the buffers would take without sharing.
    public let bufferByteCountSum: Int
    /// Bytes below which no arena can be: the largest sum of live bytes at any step.
    public let arenaLowerBoundByteCount: Int
    /// How each convolution is computed, in the order of the graph.
    public let convolutions: [Convolution]
    /// The same without the limit of memory that was asked for; nil if none was.
    public let unlimitedConvolutions: [Convolution]?
  }

  /// How one convolution is computed.
  public struct Convolution: Sendable, Equatable {
    /// The node's name.
    public let name: String
    /// As in `direct`, or `winograd F(4x4) fused/24`: the schedule and the tiles of a block.
    public let algorithm: String
    /// The time by which the algorithm was chosen: measured with the compilation's threads if it was
    /// tuned, else an estimate for one thread.
    public let seconds: Double
  }

  /// Bytes that a plan and one session of it take.
  public struct Memory: Sendable, Equatable {
    /// The region of packed weights.
    public let weightByteCount: Int
    /// The largest arena of a variant.
    public let arenaByteCount: Int
    /// The workspaces of all threads.
    public let workspaceByteCount: Int
    /// All of it.
    public let totalByteCount: Int
    /// The threads that have a workspace.
    public let threadCount: Int
  }

  /// What a tuned compilation measured.
  public struct Tuning: Sendable, Equatable {
    /// The file that keeps the times.
    public let cachePath: String
    /// Ways to compute the different convolutions of the network.
    public let candidateCount: Int
    /// How many of them were timed; the times of the others were in the file.
    public let measuredCount: Int
  }

  init(_ compilation: Compilation, fileByteCount: Int, weightErrors: [OutputError]) {
    let contents = compilation.contents
    self.fileByteCount = fileByteCount
    self.weightErrors = weightErrors
    warnings = compilation.warnings
    notes = compilation.notes
    tuning = compilation.tuning
    measuredError = compilation.measuredError
    narrowedWeights = compilation.narrowedWeights
    memory = Memory(compilation.lowered.memory, threadCount: compilation.threadCount)
    unlimitedMemory = compilation.unlimited.map {
      Memory($0.memory, threadCount: compilation.threadCount)
    }
    weightByteCount = contents.weights.reduce(0) { $0 + $1.byteCount }
    variants = compilation.lowered.variants.enumerated().map { index, variant in
      Variant(variant, unlimited: compilation.unlimited?.variants[index])
    }
  }
}

extension CompileReport.Variant {
  init(_ lowered: LoweredVariant, unlimited: LoweredVariant?) {
    signature = PlanSignature(lowered.plan)
    stepCount = lowered.plan.steps.count
    arenaByteCount = lowered.plan.arenaByteCount
    bufferByteCountSum = lowered.plan.bufferByteCountSum
    arenaLowerBoundByteCount = lowered.plan.arenaLowerBoundByteCount
    convolutions = lowered.convolutions.map(CompileReport.Convolution.init)
    unlimitedConvolutions = unlimited?.convolutions.map(CompileReport.Convolution.init)
  }
}

extension CompileReport.Convolution {
  init(_ lowered: LoweredConvolution) {
    self.init(
      name: lowered.name, algorithm: lowered.method.description, seconds: lowered.seconds)
  }
}

extension CompileReport.Memory {
  init(_ memory: PlanMemory, threadCount: Int) {
    self.init(
      weightByteCount: memory.weightByteCount, arenaByteCount: memory.arenaByteCount,
      workspaceByteCount: memory.workspaceByteCount, totalByteCount: memory.totalByteCount,
      threadCount: threadCount)
  }
}
