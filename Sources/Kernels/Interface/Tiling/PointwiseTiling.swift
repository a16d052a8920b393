import PointwisePrograms

/// How a pointwise program goes over its elements. To tune it, time `tessera bench --steps` on networks
/// with hard-swish or SiLU and on DenseNet.
package enum PointwiseTiling {
  /// Elements that pass through the whole program before the next ones do: a program of more than one
  /// joined instruction keeps a few blocks of them in the L1 cache.
  package static let blockElementCount = 512
  /// Elements of an item that make it long against the cost of handing it out.
  package static let itemElementCount = 1 << 11

  /// Blocks for the inputs, for what lies between instructions, and for the end of a run.
  static func workspaceByteCount(_ program: PointwiseProgram) -> Int {
    (program.valueCount + 1) * blockElementCount * MemoryLayout<Float>.size
  }
}
