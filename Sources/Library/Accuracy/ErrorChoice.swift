import Foundation
import GraphIR
import KernelInterface
import Lowering
import Tensors

/// Chooses the tiles of Winograd convolutions such that the error of this network, as it is measured, stays
/// below a limit.
struct ErrorChoice {
  /// The least that is allowed by default; more where direct convolution in float32 has more.
  static let defaultLimit = 5e-6
  /// The error allowed by default over that of direct convolution.
  private static let directFactor = 1.5
  /// The part of what is allowed from which on a plan is not tried to be made faster.
  private static let goodShare = 0.9
  private static let trialCount = 5
  /// Of the squared difference of F(2×2) and direct convolution, what is taken to be the latter's at most.
  private static let largestDirectShare = 0.9

  let graphs: [Graph]
  let opsetVersion: Int
  let maxError: Double?
  let probe: ErrorProbe

  /// What F(2×2) gives, or direct convolution where no tile can be used, and its errors and those of direct
  /// convolution, on each input.
  private struct Reference {
    let values: [ErrorProbe.Values]
    let errors: [Double]
    let directErrors: [Double]
  }

  /// A plan and what it was chosen by.
  private struct Trial {
    var lowered: LoweredNetwork
    var choice: LoweringOptions
    var errors: ProbeErrors
  }

  /// Limits the tiles of `choice` and lowers again, unless `lowered`, which was lowered by it, is within the
  /// error as it is.
  ///
  /// - Returns: what was measured; nil if there was nothing to choose and no error to keep, or if the
  ///   values of the network are not finite.
  /// - Throws: `invalidInput` if an error was asked for that the network cannot keep; else as `lower`, or
  ///   if memory to run the network is refused.
  func hold(
    _ lowered: inout LoweredNetwork, _ choice: inout LoweringOptions
  ) throws(TesseraError) -> MeasuredError? {
    let algorithms = Set(lowered.variants.flatMap(\.convolutions).map(\.method.algorithm))
    let isChoosing =
      choice.convAlgorithm == .automatic
      && !algorithms.isDisjoint(with: [.winograd4, .winograd6])
    if algorithms.isEmpty || maxError == nil && !isChoosing { return nil }
    let limit = maxError ?? Self.defaultLimit
    let smallest = try probe.values(choice.with(.winograd2))
    guard try probe.areMeasurable(smallest) else {
      guard maxError == nil else {
        throw TesseraError(
          .invalidInput,
          "the error of the network cannot be measured: its values on seeded inputs are not finite")
      }
      return nil
    }
    if isChoosing {
      let values = try probe.values(choice, algorithmsOf: lowered.weights)
      let errors = ProbeErrors(
        try probe.differences(of: values, from: smallest).map {
          MeasuredError(plan: $0, direct: nil, largest: limit)
        })
      if errors.expectedShare <= 1 { return errors.worst }
    }
    let reference = try self.reference(smallest, choice)
    var trial = try self.trial(choice, lowered, reference)
    if isChoosing, trial.errors.expectedShare > 1 {
      trial = try fastest(insteadOf: trial, reference)
      (lowered, choice) = (trial.lowered, trial.choice)
    }
    let worst = trial.errors.worst
    if let maxError, worst.share > 1 {
      throw TesseraError(
        .invalidInput,
        "the smallest error that was measured of the network is \(worst.plan), found \(maxError) as the largest that is allowed"
      )
    }
    return worst
  }

  /// The fastest plan that is found within the error, or else that of the smallest tiles, which round as
  /// direct convolution does.
  ///
  /// What `TileAllocation` may spend is sought between a plan within the error and one beyond it, by
  /// interpolation of their logarithms.
  private func fastest(
    insteadOf first: Trial, _ reference: Reference
  ) throws(TesseraError) -> Trial {
    let allocation = try self.allocation(first.choice)
    var best = try trial(first.choice, limits: TileLimits(others: .two), reference)
    var (within, beyond) = (best, first)
    for _ in 0..<Self.trialCount where within.errors.expectedShare <= Self.goodShare {
      let limits = allocation.limits(squaredError: Self.squaredError(between: within, beyond))
      guard limits != within.choice.tileLimits, limits != beyond.choice.tileLimits else { break }
      let next = try trial(first.choice, limits: limits, reference)
      if next.errors.expectedShare <= 1 { within = next } else { beyond = next }
      if within.lowered.convolutionSeconds < best.lowered.convolutionSeconds { best = within }
    }
    return best
  }

  /// Where the error is expected to reach what is allowed.
  private static func squaredError(between within: Trial, _ beyond: Trial) -> Double {
    let (low, high) = (within.lowered.squaredError, beyond.lowered.squaredError)
    let smallest = max(within.errors.expectedShare, 1e-9)
    let (reached, slope) = (-log(smallest), log(beyond.errors.expectedShare / smallest))
    let position = slope.isFinite && slope > 0 ? min(max(reached / slope, 0.1), 0.9) : 0.5
    return low * pow(high / low, position)
  }

  private func trial(
    _ choice: LoweringOptions, limits: TileLimits, _ reference: Reference
  ) throws(TesseraError) -> Trial {
    var choice = choice
    choice.tileLimits = limits
    let lowered = try lower(graphs, opsetVersion: opsetVersion, options: choice)
    return try trial(choice, lowered, reference)
  }

  /// Measures a plan, which rounds no better than F(2×2). The squared difference from the
  /// reference is the sum of the squared errors of both, as they are independent.
  private func trial(
    _ choice: LoweringOptions, _ lowered: LoweredNetwork, _ reference: Reference
  ) throws(TesseraError) -> Trial {
    let values = try probe.values(choice, algorithmsOf: lowered.weights)
    let differences = try probe.differences(of: values, from: reference.values)
    let errors = differences.indices.map { input in
      let (difference, smallest) = (differences[input], reference.errors[input])
      let direct = reference.directErrors[input]
      let rest = max(0, difference * difference - smallest * smallest).squareRoot()
      return MeasuredError(
        plan: max(rest, smallest), direct: direct,
        largest: maxError ?? max(Self.defaultLimit, Self.directFactor * direct))
    }
    return Trial(lowered: lowered, choice: choice, errors: ProbeErrors(errors))
  }

  /// The errors of F(2×2) and of direct convolution, or of im2col where no convolution takes a tile: their
  /// difference, squared, is the sum of their squares, as they are independent. Which has which part of it is
  /// told by their differences from F(4×4), over all inputs; half each if that is none of its own.
  private func reference(
    _ smallest: [ErrorProbe.Values], _ choice: LoweringOptions
  ) throws(TesseraError) -> Reference {
    var direct = try probe.values(choice.with(.direct))
    var differences = try probe.differences(of: direct, from: smallest)
    if differences.allSatisfy({ $0 == 0 }) {
      direct = try probe.values(choice.with(.im2col))
      differences = try probe.differences(of: direct, from: smallest)
    }
    let third = try probe.values(choice.with(.winograd4))
    let share = Self.share(
      ofSquared: try probe.squaredNorm(of: direct, from: smallest),
      others: (
        try probe.squaredNorm(of: third, from: direct),
        try probe.squaredNorm(of: third, from: smallest)
      ))
    return Reference(
      values: smallest, errors: differences.map { $0 * (1 - share).squareRoot() },
      directErrors: differences.map { $0 * share.squareRoot() })
  }

  /// The part of a squared difference `|a − b|²` that is a's, by those of a and b from a third.
  private static func share(ofSquared difference: Double, others: (a: Double, b: Double)) -> Double
  {
    guard others.b > 0, difference > 0, (others.a + others.b).isFinite else { return 0.5 }
    return min(max((difference + others.a - others.b) / (2 * difference), 0), largestDirectShare)
  }

  private func allocation(_ choice: LoweringOptions) throws(TesseraError) -> TileAllocation {
    var networks: [(WinogradTile, LoweredNetwork)] = []
    for tile in WinogradTile.allCases {
      var options = choice
      options.tileLimits = TileLimits(others: tile)
      networks.append((tile, try lower(graphs, opsetVersion: opsetVersion, options: options)))
    }
    return TileAllocation(networks)
  }
}

extension LoweringOptions {
  /// The same with one algorithm wherever it can be used.
  fileprivate func with(_ algorithm: ConvAlgorithm) -> LoweringOptions {
    var options = self
    options.convAlgorithm = algorithm
    return options
  }
}
