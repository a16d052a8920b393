import KernelInterface
import TestSupport
import Tensors
import Testing

@testable import Lowering

/// Which kernel a convolution takes.
struct ConvMethodTests {
  private static let winograd: [(ConvAlgorithm, WinogradTile)] = [
    (.winograd2, .two), (.winograd4, .four), (.winograd6, .six),
  ]

  private static func sizes(_ channels: Int, _ extent: Int, batch: Int = 1) -> ConvSizes {
    ConvSizes(
      batch: batch, inChannels: channels, outChannels: channels, height: extent, width: extent,
      kernel: (3, 3), stride: (1, 1), dilation: (1, 1), groups: 1)
  }

  @Test func automaticTakesWinogradWhereItPays() {
    for (channels, extent) in [(64, 224), (128, 112), (256, 56), (512, 28), (512, 14)] {
      let method = ConvAlgorithm.automatic.method(for: Self.sizes(channels, extent))
      guard case .winograd = method else {
        Issue.record(
          "\(channels) channels of \(extent) x \(extent) take \(String(describing: method))")
        continue
      }
    }
    #expect(ConvAlgorithm.automatic.method(for: Self.sizes(8, 9)) == .direct)
    #expect(ConvAlgorithm.automatic.method(for: Self.sizes(3, 224)) == .direct)
  }

  /// Few tiles cannot hide that their weights come from memory: large tiles, with more weights, lose.
  @Test func smallImagesTakeSmallerTilesThanLargeOnes() {
    let small = ConvCost.best(Self.sizes(512, 14), tiles: WinogradTile.allCases).schedule
    let large = ConvCost.best(Self.sizes(64, 224), tiles: WinogradTile.allCases).schedule
    #expect(small.tile == .four)
    #expect(small.schedule == .phased)
    #expect(large.tile == .six)
    #expect(large.schedule == .fused)
  }

  @Test func directStaysDirect() {
    #expect(ConvAlgorithm.direct.method(for: Self.sizes(64, 224)) == .direct)
    #expect(ConvAlgorithm.im2col.method(for: Self.sizes(64, 224)) == .im2col)
  }

  @Test func forcedWinogradTakesItsTile() {
    for (algorithm, tile) in Self.winograd {
      guard case .winograd(let choice) = algorithm.method(for: Self.sizes(8, 5)) else {
        Issue.record("\(algorithm) does not take Winograd")
        continue
      }
      #expect(choice.tile == tile)
    }
  }

  @Test func whatWinogradCannotComputeTakesDirect() {
    for (algorithm, _) in Self.winograd + [(.automatic, .two)] {
      var conv = Self.sizes(64, 56)
      conv.kernel = (1, 3)
      #expect(algorithm.method(for: conv) == .direct)
      conv = Self.sizes(64, 56)
      conv.stride = (2, 1)
      #expect(algorithm.method(for: conv) == .direct)
      conv = Self.sizes(64, 56)
      conv.dilation = (1, 2)
      #expect(algorithm.method(for: conv) == .direct)
      conv = Self.sizes(64, 56)
      conv.groups = 2
      #expect(algorithm.method(for: conv) == .direct)
      conv.groups = 64
      #expect(algorithm.method(for: conv) == .im2col)
    }
  }

  @Test func theProducerStoresWhatTilesRead() throws {
    let text = graphText(
      "float[1,8,9,10] x, float[8,8,3,3] w1, float[8,8,3,3] w2", "float[1,8,9,10] z",
      "y = Conv<pads=[1,1,1,1]>(x, w1) z = Conv<pads=[1,1,1,1]>(y, w2)")
    for (algorithm, tile) in Self.winograd {
      let variant = try lowerText(text, algorithm: algorithm)
      #expect(
        stepNames(variant) == [
          "convert-layout x", "conv-winograd y", "conv-winograd z", "convert-layout z",
        ])
      let layout = try ConvWinogradDescriptor(decoding: variant.steps[1].descriptor).output
      let m = tile.outputExtent
      #expect(
        layout.border
          == Border(
            top: 1, left: 1, bottom: roundUp(9, toMultipleOf: m) + 1 - 9,
            right: roundUp(10, toMultipleOf: m) + 1 - 10))
    }
  }
}
