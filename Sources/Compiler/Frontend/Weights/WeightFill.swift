/// What becomes of weights that a file does not give: they are drawn, as `WeightSource.random` draws them.
public struct WeightFill: Sendable {
  let seed: UInt64
  let distribution: WeightDistribution
  /// Says of an input's name whether the file's entry is taken.
  let takes: @Sendable (String) -> Bool

  /// - Parameters:
  ///   - seed: as that of `WeightSource.random`.
  ///   - takes: says of an input's name whether the file's entry is taken; all are, unless it says otherwise.
  public init(
    seed: UInt64, _ distribution: WeightDistribution = .he,
    takes: @escaping @Sendable (String) -> Bool = { _ in true }
  ) {
    (self.seed, self.distribution, self.takes) = (seed, distribution, takes)
  }
}
