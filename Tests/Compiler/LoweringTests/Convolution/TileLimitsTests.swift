import KernelInterface
import TestSupport
import Testing

@testable import Lowering

/// What limits of tiles leave to choose from.
struct TileLimitsTests {
  private static func tile(
    _ limits: TileLimits, weights: String = "w", _ algorithm: ConvAlgorithm = .automatic
  ) throws -> Int {
    var options = try LoweringOptions.forTests(algorithm)
    options.tileLimits = limits
    let choice = try options.choice(
      for: .square(channels: 64, extent: 224), weights: weights, settled: [])
    guard case .winograd(let schedule) = choice.method else { return 0 }
    return schedule.shape.tile.outputExtent
  }

  @Test func automaticTakesNoLargerTile() throws {
    #expect(try Self.tile(TileLimits()) == 6)
    #expect(try Self.tile(TileLimits(others: .four)) == 4)
    #expect(try Self.tile(TileLimits(others: .two)) == 2)
  }

  @Test func aWeightHasItsOwnLimit() throws {
    let limits = TileLimits(others: .two, byWeights: ["w": .six])
    #expect(try Self.tile(limits) == 6)
    #expect(try Self.tile(limits, weights: "v") == 2)
  }

  @Test func anAlgorithmThatNamesItsTileTakesIt() throws {
    #expect(try Self.tile(TileLimits(others: .two), .winograd6) == 6)
  }
}
