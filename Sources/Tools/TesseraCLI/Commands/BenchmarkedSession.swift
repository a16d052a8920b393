import Tessera

/// A session of a variant of a plan with memory for its inputs and outputs. Used by one thread at a time.
final class BenchmarkedSession: @unchecked Sendable {
  private let session: Session
  private let variant: Int
  private let buffers: VariantBuffers

  var threadCount: Int { session.threadCount }

  /// - Parameter other: whose inputs are copied; nil reads `sources` and makes random numbers of the rest.
  init(
    _ plan: Plan, variant: Int, threads: Int?, inputsOf other: BenchmarkedSession?,
    from sources: [TensorSource]
  ) throws(TesseraError) {
    session = try Session(plan: plan, threads: threads)
    try session.prepare(variants: [variant])
    self.variant = variant
    let signature = plan.variants[variant]
    buffers = try VariantBuffers(signature)
    if let other {
      buffers.copyInputs(of: other.buffers)
    } else {
      try buffers.fillInputs(from: sources, signature)
    }
  }

  func run() throws(TesseraError) {
    try session.run(variant: variant, inputs: buffers.inputs, into: buffers.outputs)
  }

  /// Runs with a look at the clock between the steps.
  func stepSeconds() throws(TesseraError) -> [Double] {
    try session.stepSeconds(variant: variant, inputs: buffers.inputs, into: buffers.outputs)
  }
}
