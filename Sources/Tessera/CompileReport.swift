import ExecutionPlan
import TesseraRuntime

/// What a compilation made.
public struct CompileReport: Sendable {
  /// Bytes of the plan file.
  public let fileByteCount: Int
  /// Bytes of the packed weights.
  public let weightByteCount: Int
  /// One for each variant, in the order of the requested shapes.
  public let variants: [Variant]
  /// How far the weights' precision moves each output of the first variant, as measured on a seeded
  /// input; empty with float32 weights.
  public let weightErrors: [OutputError]
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
  }

  init(
    _ contents: PlanContents, fileByteCount: Int, weightErrors: [OutputError], notes: [String]
  ) {
    self.weightErrors = weightErrors
    self.fileByteCount = fileByteCount
    self.notes = notes
    weightByteCount = contents.weights.reduce(0) { $0 + $1.byteCount }
    variants = contents.variants.map { variant in
      Variant(
        signature: PlanSignature(variant), stepCount: variant.steps.count,
        arenaByteCount: variant.arenaByteCount, bufferByteCountSum: variant.bufferByteCountSum,
        arenaLowerBoundByteCount: variant.arenaLowerBoundByteCount)
    }
  }
}
