import Foundation

/// The errors that were measured of a plan on each of the inputs of a probe, and what they let expect of others.
struct ProbeErrors {
  /// What the error of another input like the worst may exceed that by: its outputs are others, and the
  /// largest of them.
  private static let leastMargin = 1 / 0.7

  /// On the input on which the plan comes closest to the largest error allowed.
  let worst: MeasuredError
  /// The part of what is allowed that the error of any input is expected to reach.
  ///
  /// The kinds of inputs differ from one another in how far errors are amplified; half of what the worst has
  /// over the best of them, on a logarithmic scale, another may have over the worst. That and the least
  /// margin are independent of one another.
  let expectedShare: Double

  /// - Parameter errors: one for each input.
  init(_ errors: [MeasuredError]) {
    let sorted = errors.sorted { $0.share < $1.share }
    worst = sorted.last ?? MeasuredError(plan: 0, direct: nil, largest: 1)
    let least = sorted.first { $0.share > 0 }?.share ?? worst.share
    guard worst.share > 0, worst.share.isFinite else {
      expectedShare = worst.share
      return
    }
    let spread = log(worst.share / least) / 2
    expectedShare = worst.share * exp(hypot(log(Self.leastMargin), spread))
  }
}

extension MeasuredError {
  /// The part of what is allowed.
  var share: Double { plan / largest }
}
