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

  private static func conv(_ channels: Int, _ extent: Int) -> ConvProblem {
    ConvProblem.square(channels: channels, extent: extent)
  }

  private static func method(
    _ algorithm: ConvAlgorithm, _ conv: ConvProblem
  ) throws -> ConvMethod {
    let options = try LoweringOptions.forTests(algorithm)
    return try options.choice(for: conv, weights: "w", settled: []).method
  }

  @Test func automaticTakesWinogradWhereItPays() throws {
    for (channels, extent) in [(64, 224), (128, 112), (256, 56), (512, 28), (512, 14)] {
      let method = try Self.method(.automatic, Self.conv(channels, extent))
      guard case .winograd = method else {
        Issue.record("\(channels) channels of \(extent) x \(extent) take \(method)")
        continue
      }
    }
    #expect(try Self.method(.automatic, Self.conv(8, 9)) == .direct)
    #expect(try Self.method(.automatic, Self.conv(3, 224)) == .direct)
  }

  /// Few tiles cannot hide that their weights come from memory: large tiles, with more weights, lose.
  @Test func smallImagesTakeSmallerTilesThanLargeOnes() throws {
    let small = try Self.method(.automatic, Self.conv(512, 14))
    let large = try Self.method(.automatic, Self.conv(64, 224))
    #expect(small.description == "winograd F(4x4) phased/54")
    #expect(large.description.hasPrefix("winograd F(6x6) fused/"))
  }

  @Test func directStaysDirect() throws {
    #expect(try Self.method(.direct, Self.conv(64, 224)) == .direct)
    #expect(try Self.method(.im2col, Self.conv(64, 224)) == .im2col)
  }

  @Test func localityLeavesWinogradOut() throws {
    var options = try LoweringOptions.forTests()
    options.isLocal = true
    #expect(try options.candidates(for: Self.conv(64, 224)).map(\.method) == [.direct])
    for algorithm in ConvAlgorithm.allCases {
      if algorithm.tile == nil {
        try algorithm.requireLocality()
      } else {
        let error = #expect(throws: TesseraError.self) { try algorithm.requireLocality() }
        #expect(error?.kind == .invalidUsage)
      }
    }
  }

  @Test func forcedWinogradTakesItsTile() throws {
    for (algorithm, tile) in Self.winograd {
      guard case .winograd(let choice) = try Self.method(algorithm, Self.conv(8, 5)) else {
        Issue.record("\(algorithm) does not take Winograd")
        continue
      }
      #expect(choice.shape == WinogradShape(tile))
    }
  }

  @Test func whatWinogradCannotComputeTakesDirect() throws {
    for (algorithm, _) in Self.winograd + [(.automatic, .two), (.direct, .two)] {
      var conv = Self.conv(64, 56)
      conv.window.kernelHeight = 2
      #expect(try Self.method(algorithm, conv) == .direct)
      conv = Self.conv(64, 56)
      (conv.window.kernelHeight, conv.poolsMax2x2) = (1, true)
      #expect(try Self.method(algorithm, conv) == .direct)
      conv = Self.conv(64, 56)
      conv.window.strideHeight = 2
      conv.convHeight = 28
      #expect(try Self.method(algorithm, conv) == .direct)
      conv = Self.conv(64, 56)
      conv.window.dilationWidth = 2
      conv.convWidth = 54
      #expect(try Self.method(algorithm, conv) == .direct)
      conv = Self.conv(64, 56)
      conv.groups = 2
      #expect(try Self.method(algorithm, conv) == .direct)
      conv.groups = 64
      #expect(try Self.method(algorithm, conv) == .depthwise)
      conv.groups = 32
      #expect(try Self.method(algorithm, conv) == .direct)
      (conv.inChannels, conv.outChannels, conv.groups) = (34, 34, 17)
      #expect(try Self.method(algorithm, conv) == .im2col)
    }
  }

  @Test func windowsOfOneRowOrColumnAndLargerOnesTakeTheirTiles() throws {
    for (height, width, name) in [
      (1, 7, "winograd F(1x4) "), (7, 1, "winograd F(4x1) "), (1, 3, "winograd F(1x8) "),
      (5, 5, "winograd F(4x4) "),
    ] {
      var conv = Self.conv(64, 16)
      conv.window = SlidingWindow(kernel: (height, width), pad: (height / 2, width / 2))
      #expect(try Self.method(.winograd6, conv).description.hasPrefix(name))
    }
    // Of 7 taps, there are no smaller tiles.
    var conv = Self.conv(64, 16)
    conv.window = SlidingWindow(kernel: (1, 7), pad: (0, 3))
    #expect(try Self.method(.winograd4, conv) == .direct)
  }

  @Test func aMethodIsReadBackFromItsCall() throws {
    let conv = Self.conv(16, 12)
    for method in ConvAlgorithm.automatic.methods(for: conv, largestTile: .six) + [.im2col] {
      #expect(try ConvMethod(conv.call(method)) == method)
    }
    var depthwise = conv
    depthwise.groups = 16
    #expect(try ConvMethod(depthwise.call(.depthwise)) == .depthwise)
    #expect(try ConvMethod(KernelCall(SoftmaxDescriptor())) == nil)
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
