import Testing

@testable import Tessera

/// What errors on a few inputs let expect of others.
struct ProbeErrorsTests {
  private static func expectedShare(_ shares: [Double]) -> Double {
    ProbeErrors(shares.map { MeasuredError(plan: $0, direct: nil, largest: 1) }).expectedShare
  }

  @Test func likeErrorsHaveTheLeastMargin() {
    #expect(abs(Self.expectedShare([0.7, 0.7, 0.7]) - 1) < 1e-12)
    #expect(Self.expectedShare([0, 0.7]) == Self.expectedShare([0.7]))
  }

  @Test func errorsThatDifferHaveMore() {
    let shares = [[0.6, 0.6], [0.3, 0.6], [0.1, 0.6], [0.1, 0.4, 0.6]].map(Self.expectedShare)
    #expect(shares[0] < shares[1] && shares[1] < shares[2] && shares[2] == shares[3])
    #expect(shares[2] > 0.6 * 6.0.squareRoot())
  }

  @Test func errorsWithoutBoundHaveNone() {
    #expect(Self.expectedShare([0.1, .infinity]) == .infinity)
    #expect(Self.expectedShare([0, 0]) == 0)
  }
}
