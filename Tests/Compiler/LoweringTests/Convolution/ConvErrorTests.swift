import KernelInterface
import Tensors
import TestSupport
import Testing

@testable import Lowering

/// What a largest error allows.
struct ConvErrorTests {
  private static func tiles(_ maxError: Double?) throws -> Set<Int> {
    var options = try LoweringOptions.forTests()
    options.maxError = maxError
    let candidates = try options.candidates(for: .square(channels: 64, extent: 56))
    return Set(
      candidates.map { candidate in
        if case .winograd(let choice) = candidate.method { choice.tile.outputExtent } else { 0 }
      })
  }

  @Test func tilesAreOfferedByTheirStatedError() throws {
    #expect(try Self.tiles(nil) == [0, 2, 4, 6])
    #expect(try Self.tiles(ConvError.winograd(.six)) == [0, 2, 4, 6])
    #expect(try Self.tiles(ConvError.winograd(.six).nextDown) == [0, 2, 4])
    #expect(try Self.tiles(ConvError.winograd(.four).nextDown) == [0, 2])
    #expect(try Self.tiles(ConvError.direct) == [0, 2])
  }

  @Test func whatNoAlgorithmKeepsIsRefused() throws {
    for algorithm in [ConvAlgorithm.automatic, .direct, .winograd2, .winograd4, .winograd6] {
      let stated = try #require(algorithm.statedError)
      try algorithm.requireError(atMost: stated)
      let error = #expect(throws: TesseraError.self) {
        try algorithm.requireError(atMost: stated.nextDown)
      }
      #expect(error?.kind == .invalidUsage)
      #expect(error?.description.contains("\(stated), found \(stated.nextDown)") == true)
    }
    let error = #expect(throws: TesseraError.self) {
      try ConvAlgorithm.im2col.requireError(atMost: 1)
    }
    #expect(error?.description.contains("im2col") == true)
  }

  @Test func groupsThatOnlyIm2colComputesKeepNoStatedError() throws {
    var conv = ConvProblem.square(channels: 12, extent: 8)
    conv.groups = 3
    var options = try LoweringOptions.forTests()
    #expect(try options.candidates(for: conv).map(\.method) == [.im2col])
    options.maxError = 1e-5
    let error = #expect(throws: TesseraError.self) { try options.candidates(for: conv) }
    #expect(error?.kind == .unsupported)
  }
}
