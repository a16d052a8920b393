import ExecutionPlan
import KernelInterface

/// One variant of a plan and what was chosen for it.
package struct LoweredVariant: Sendable {
  package var plan: PlanVariant
  /// In the order of the nodes.
  package var convolutions: [LoweredConvolution]
  /// Nil where nothing is computed twice.
  package var recomputation: Recomputation?

  /// Seconds of all convolutions, measured or estimated as they were when they were chosen.
  package var convolutionSeconds: Double { convolutions.reduce(0) { $0 + $1.seconds } }
}

/// How one convolution of a variant is computed.
package struct LoweredConvolution: Sendable, Equatable {
  /// The node's.
  package var name: String
  /// The name of the constant.
  package var weights: String
  package var method: ConvMethod
  package var seconds: Double
}

extension Step {
  /// What the step runs.
  package var call: KernelCall { KernelCall(kernel: kernel, descriptor: descriptor) }
}
