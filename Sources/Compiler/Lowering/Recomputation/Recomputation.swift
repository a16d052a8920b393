/// How much memory a variant of a training may take before its backward part computes values anew.
package struct RecomputationLimit: Sendable {
  /// The value of the graph up to which steps are forward ones; training keeps it.
  package var loss: String
  package var arenaByteCount: Int

  package init(loss: String, arenaByteCount: Int) {
    (self.loss, self.arenaByteCount) = (loss, arenaByteCount)
  }
}

/// What the backward part of a variant computes anew.
package struct Recomputation: Sendable, Equatable {
  /// The names of the forward steps that run again, in the order in which they do.
  package var stepNames: [String]
  /// Forward steps of the variant.
  package var forwardStepCount: Int
  /// Their time, as estimated.
  package var seconds: Double
  /// The time of all steps without recomputation, as estimated.
  package var secondsWithout: Double

  /// Work that is done twice, as a part of all that is done without recomputation.
  package var extraWork: Double { seconds / secondsWithout }
}
