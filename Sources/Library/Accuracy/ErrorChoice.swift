import GraphIR
import KernelInterface
import Lowering
import Tensors

/// Chooses the tiles of Winograd convolutions such that the error of this network, as it is measured, stays
/// below a limit.
struct ErrorChoice {
  /// The least that is allowed by default; more where direct convolution in float32 has more.
  private static let defaultLimit = 5e-6
  /// The error allowed by default over that of direct convolution.
  private static let directFactor = 1.5
  /// The part of what is allowed that a plan may take up on the inputs it is measured with, which leaves
  /// room for others.
  private static let share = 0.8
  /// Plans to try before the smallest tiles are taken.
  private static let trialCount = 5

  let graphs: [Graph]
  let opsetVersion: Int
  let maxError: Double?
  let probe: ErrorProbe

  /// Limits the tiles of `choice` and lowers again, unless `lowered`, which was lowered by it, is within the
  /// error as it is.
  ///
  /// - Returns: what was measured; nil if there was nothing to choose.
  /// - Throws: `invalidInput` if an error was asked for that the network cannot keep; else as `lower`, or
  ///   if memory to run the network is refused.
  func hold(
    _ lowered: inout LoweredNetwork, _ choice: inout LoweringOptions
  ) throws(TesseraError) -> MeasuredError? {
    let algorithms = Set(lowered.variants.flatMap(\.convolutions).map(\.method.algorithm))
    let isDirect = algorithms.isSubset(of: [.direct])
    if algorithms.isEmpty || maxError == nil && !choice.hasTilesToChoose(algorithms) { return nil }
    let direct = try probe.values(choice.with(.direct))

    var differences = try self.differences(of: lowered, choice, from: direct)
    if !isDirect, let difference = differences.max(),
      difference <= Self.share * (maxError ?? Self.defaultLimit)
    {
      return MeasuredError(
        plan: difference, direct: nil, largest: maxError ?? Self.defaultLimit)
    }
    let directErrors = try self.directErrors(direct, choice)
    var error =
      isDirect ? largest(directErrors, directErrors) : plan(differences, directErrors)
    if choice.convAlgorithm == .automatic, !isDirect {
      let allocation = try self.allocation(choice)
      for trial in 1...Self.trialCount where !error.isWithin(Self.share) {
        let unit = error.usedUp * error.usedUp / lowered.squaredError
        choice.tileLimits =
          trial == Self.trialCount
          ? TileLimits(others: .two)
          : allocation.limits(squaredError: Self.share * Self.share / unit)
        lowered = try lower(graphs, opsetVersion: opsetVersion, options: choice)
        differences = try self.differences(of: lowered, choice, from: direct)
        error = plan(differences, directErrors)
      }
    }
    if let maxError, !error.isWithin(1) {
      throw TesseraError(
        .invalidInput,
        "the smallest error that was measured of the network is \(error.plan), found \(maxError) as the largest that is allowed"
      )
    }
    return error
  }

  private func differences(
    of lowered: LoweredNetwork, _ choice: LoweringOptions, from direct: [ErrorProbe.Values]
  ) throws(TesseraError) -> [Double] {
    try relativeDifferences(
      try probe.values(choice, algorithmsOf: lowered.weights), from: direct)
  }

  /// The errors of direct convolution, on each input: as large as those of F(2×2), or of im2col where no
  /// convolution takes a tile, and independent of them, so that the difference is √2 times as large.
  private func directErrors(
    _ direct: [ErrorProbe.Values], _ choice: LoweringOptions
  ) throws(TesseraError) -> [Double] {
    var differences = try relativeDifferences(
      try probe.values(choice.with(.winograd2)), from: direct)
    if differences.allSatisfy({ $0 == 0 }) {
      differences = try relativeDifferences(try probe.values(choice.with(.im2col)), from: direct)
    }
    return differences.map { $0 / 2.0.squareRoot() }
  }

  /// The error of a plan: what is left of the squared difference from direct convolution.
  private func plan(_ differences: [Double], _ directErrors: [Double]) -> MeasuredError {
    largest(
      zip(differences, directErrors).map { max(0, $0 * $0 - $1 * $1).squareRoot() }, directErrors)
  }

  private func largest(_ errors: [Double], _ directErrors: [Double]) -> MeasuredError {
    var largest = MeasuredError(plan: 0, direct: nil, largest: .infinity)
    for (error, direct) in zip(errors, directErrors) {
      let limit = maxError ?? max(Self.defaultLimit, Self.directFactor * direct)
      let measured = MeasuredError(plan: error, direct: direct, largest: limit)
      if largest.direct == nil || measured.usedUp > largest.usedUp { largest = measured }
    }
    return largest
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

  /// True if one of the algorithms that were chosen can give way to one with smaller errors.
  fileprivate func hasTilesToChoose(_ algorithms: Set<ConvAlgorithm>) -> Bool {
    convAlgorithm == .automatic && !algorithms.isDisjoint(with: [.winograd4, .winograd6])
  }
}

extension MeasuredError {
  /// The part of what is allowed.
  fileprivate var usedUp: Double { plan / largest }

  fileprivate func isWithin(_ share: Double) -> Bool { usedUp <= share }
}
